"""Articulation points and bridges of an edge list by networkx or igraph: the peers of bench/graph/graph.ts.

Usage: peers.py NAME NODES EDGES OUT REPEATS. EDGES holds pairs of little-endian int32. Only the two algorithms are timed,
not the building of the graph. Writes the answer (sorted) beside OUT and prints the times in milliseconds as JSON.
"""

import array
import json
import sys
import time

name, nodes, edges_path, out, repeats = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])
flat = array.array("i")
with open(edges_path, "rb") as file:
    flat.frombytes(file.read())
pairs = list(zip(flat[0::2], flat[1::2]))

if name == "networkx":
    import networkx

    graph = networkx.MultiGraph()
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from(pairs)
    points = lambda: list(networkx.articulation_points(graph))
    bridges = lambda: list(networkx.bridges(graph))
    version = networkx.__version__
else:
    import igraph

    graph = igraph.Graph(n=nodes, edges=pairs)
    points = lambda: graph.articulation_points()
    bridges = lambda: [pairs[edge] for edge in graph.bridges()]
    version = igraph.__version__

times = []
for _ in range(repeats):
    start = time.perf_counter()
    found_points = points()
    found_bridges = bridges()
    times.append((time.perf_counter() - start) * 1000)

answer = array.array("i", sorted(found_points))
answer.append(-1)
for low, high in sorted((min(pair), max(pair)) for pair in found_bridges):
    answer.extend((low, high))
with open(out, "wb") as file:
    answer.tofile(file)
print(json.dumps({"times": times, "version": version}))
