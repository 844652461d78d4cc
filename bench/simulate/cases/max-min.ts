/** Max-min fair rates of 100,000 flows over 4 links each: everything, and what one flow's coming and going changes. */

import { randomStream } from "../../../src/base/random.ts";
import { FairRates } from "../../../src/simulate/fluid/index.ts";
import { measure } from "../measure.ts";

const flows = 100_000;
for (const links of [20_000, 60_000]) {
  const random = randomStream(1);
  const rates = new FairRates(new Float64Array(links).fill(50e9));
  const ids = Array.from({ length: flows }, () =>
    rates.add({ resources: Array.from({ length: 4 }, () => random.below(links)) }),
  );
  rates.solve();
  measure({
    name: "max-min of 100,000 flows over 4 random links each, everything",
    size: `${links} links`,
    run: () => {
      rates.solveAll();
      return `slowest ${Math.min(...ids.slice(0, 1000).map((id) => rates.rates[id]! / 1e9)).toFixed(3)} GB/s`;
    },
    warmUps: 10,
    runs: 21,
    limitMs: 10,
  });
}

// Flows that share links only within groups of 1,000, as jobs on rails of their own do.
const group = 1000;
const linksOfGroup = 300;
const random = randomStream(2);
const rates = new FairRates(new Float64Array((flows / group) * linksOfGroup).fill(50e9));
const pathIn = (each: number) => Array.from({ length: 4 }, () => each * linksOfGroup + random.below(linksOfGroup));
const ids = Array.from({ length: flows }, (_, flow) => rates.add({ resources: pathIn(Math.floor(flow / group)) }));
rates.solve();
measure({
  name: "max-min of 100,000 flows in 100 components, one flow replaced",
  size: "1,000 flows of the component",
  warmUps: 50,
  runs: 101,
  limitMs: 0.5,
  run: () => {
    const at = random.below(flows);
    rates.remove(ids[at]!);
    ids[at] = rates.add({ resources: pathIn(Math.floor(at / group)) });
    rates.solve();
    return `${rates.lastRegion} flows solved again`;
  },
});
