// Writes the JSON Schemas of the cluster file and of `--json` from the built program (npm run schema).
import { mkdirSync, writeFileSync } from "node:fs";
import { hostJsonSchema } from "../dist/agent/host/schema.js";
import { clusterJsonSchema, partsFileJsonSchema } from "../dist/cluster/schema.js";
import { assessmentJsonSchema } from "../dist/report/assessment-schema.js";
import { simulationJsonSchema } from "../dist/report/simulation-schema.js";
import { scenarioJsonSchema } from "../dist/simulate/scenario/schema.js";

const folder = new URL("../schema/", import.meta.url);
mkdirSync(folder, { recursive: true });
const write = (name, schema) => writeFileSync(new URL(name, folder), `${JSON.stringify(schema, null, 2)}\n`);
write("cluster.schema.json", clusterJsonSchema());
write("parts.schema.json", partsFileJsonSchema());
write("scenario.schema.json", scenarioJsonSchema());
write("assessment.schema.json", assessmentJsonSchema());
write("simulation.schema.json", simulationJsonSchema());
write("host.schema.json", hostJsonSchema());
