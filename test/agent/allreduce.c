/* AllReduce in a loop until the file named by the first argument is there; every result is checked. Prints the rounds so far
 * as they go, and at the end rounds, wrong results and the longest round. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  MPI_Init(&argc, &argv);
  const char *stop = argc > 1 ? argv[1] : "stop";
  const int count = 262144;
  int rank, ranks;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  double *mine = malloc(count * sizeof *mine), *sum = malloc(count * sizeof *sum);
  double told = MPI_Wtime(), longest = 0;
  long rounds = 0, wrong = 0;
  for (int more = 1; more;) {
    for (int i = 0; i < count; i++) mine[i] = (double)(rank + 1) * (i % 1000) + rounds % 7;
    const double before = MPI_Wtime();
    MPI_Allreduce(mine, sum, count, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    const double took = MPI_Wtime() - before;
    if (took > longest) longest = took;
    for (int i = 0; i < count; i++) {
      const double right = ranks * (ranks + 1) / 2 * (double)(i % 1000) + ranks * (double)(rounds % 7);
      if (sum[i] != right) wrong++;
    }
    rounds++;
    if (rank == 0 && MPI_Wtime() - told > 0.02) {
      told = MPI_Wtime();
      printf("%ld\n", rounds);
      fflush(stdout);
    }
    more = access(stop, F_OK) != 0;
    MPI_Bcast(&more, 1, MPI_INT, 0, MPI_COMM_WORLD);
  }
  if (rank == 0) printf("{\"rounds\": %ld, \"wrong\": %ld, \"longestMs\": %.1f}\n", rounds, wrong, longest * 1000);
  MPI_Finalize();
  return wrong != 0;
}
