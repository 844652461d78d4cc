import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../base/diagnostics.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { endName } from "./flow-ends.ts";
import { flowLimits, parseFlows } from "./parse-flows.ts";

const { fabric } = buildFromYaml(
  "name: t\nservers: { count: 16, gpus: 8, nics: 4 }\nplane: { leaf: { downlinks: 16 } }\n",
);

function errorsOf(text: string): string[] {
  try {
    parseFlows(text, "m.csv", fabric);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.diagnostics.map(
      ({ code, place, message, remedy }) =>
        `${code} ${place?.line}:${place?.column}+${place?.length} ${message} | ${remedy}`,
    );
  }
}

describe("traffic matrices", () => {
  test("ends, sizes, times and classes, with and without a head, in any order", () => {
    const plain = parseFlows("0,srv-0002/gpu-8,64MiB,10\nsrv-0001/nic-4,srv-0003,1e6\n", "m.csv", fabric);
    expect(plain).toEqual([
      {
        line: 1,
        source: { kind: "gpu", gpu: 0 },
        destination: { kind: "gpu", gpu: 15 },
        bytes: 67_108_864,
        startUs: 10,
        trafficClass: "gradient",
      },
      {
        line: 2,
        source: { kind: "rail", endpoint: 3 },
        destination: { kind: "server", server: 2 },
        bytes: 1e6,
        startUs: 0,
        trafficClass: "gradient",
      },
    ]);
    const head =
      '\ufeff# a comment\r\n\r\nClass, start (us) ,bytes,destination,source\r\nBulk,"1ms",5,"srv-0002",srv-0001\r\n';
    expect(parseFlows(head, "m.csv", fabric)).toEqual([
      {
        line: 4,
        source: { kind: "server", server: 0 },
        destination: { kind: "server", server: 1 },
        bytes: 5,
        startUs: 1000,
        trafficClass: "bulk",
      },
    ]);
  });

  test("every mistake has its place and a remedy", () => {
    const text = [
      "source,destination,bytes,start,class",
      "srv-0001/gpu-9,srv-0017,64MiB,0",
      "srv-0001/gpu1,srv-0002,64 apples,-5",
      "srv-0001,srv-0001,1,0",
      "srv-0001,srv-0002,1.5,0,gradiant",
      "srv-0001,srv-0002",
      "srv-0001,srv-0002,1,0,bulk,6",
      '"srv-0001,srv-0002,1,0',
      "128,host-7,1PB,1e13",
      "srv-0001,srv-0002,2PB",
    ].join("\n");
    expect(errorsOf(text)).toMatchInlineSnapshot(`
      [
        "simulate/flows-end 2:1+14 a server has no gpu-9 | They are gpu-1 to gpu-8.",
        "simulate/flows-end 2:16+8 there is no server srv-0017 | The servers are srv-0001 to srv-0016.",
        "simulate/flows-end 3:1+13 "srv-0001/gpu1" names no end of a flow | Did you mean srv-0001/gpu-1?",
        "simulate/flows-value 3:24+9 "apples" is not a unit of size | Write a number and a unit, such as 64MiB (units: B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB).",
        "simulate/flows-value 3:34+2 "-5" is negative | Quantities start at 0.",
        "simulate/flows-end 4:10+8 a flow leads to where it starts | Name another destination.",
        "simulate/flows-value 5:19+3 1.5 is no whole number of bytes | Use whole bytes.",
        "simulate/flows-value 5:25+8 "gradiant" is no traffic class | Did you mean gradient?",
        "simulate/flows-columns 6:17+1 a flow has 3 to 5 values, not 2 | Write source,destination,bytes,start,class.",
        "simulate/flows-columns 7:28+1 a flow has 3 to 5 values, not 6 | Write source,destination,bytes,start,class.",
        "simulate/flows-columns 8:1+1 a quotation mark is not closed | Close it.",
        "simulate/flows-end 9:1+3 there is no GPU 128 | The GPUs are numbered from 0 to 127.",
        "simulate/flows-end 9:5+6 "host-7" names no end of a flow | Did you mean srv-0007?",
        "simulate/flows-value 9:16+4 1e13 is more than 1000000000000 us | Use at most 1000000000000 us.",
        "simulate/flows-value 10:19+3 2PB is more than 1000000000000000 bytes | Use at most 1000000000000000 bytes.",
      ]
    `);
  });

  test("heads and empty files", () => {
    expect(errorsOf("src,destination,bytes\n")).toMatchInlineSnapshot(`
      [
        "simulate/flows-columns 1:1+3 "src" is no column of a traffic matrix | The columns are source, destination, bytes, start, class.",
      ]
    `);
    expect(errorsOf("source,bytes\n")).toMatchInlineSnapshot(`
      [
        "simulate/flows-columns 1:1+12 the column destination is missing | The columns are source, destination, bytes, start, class.",
      ]
    `);
    expect(errorsOf("source,source,bytes\n")).toMatchInlineSnapshot(`
      [
        "simulate/flows-columns 1:8+6 the column source stands twice | The columns are source, destination, bytes, start, class.",
      ]
    `);
    expect(errorsOf("# nothing\n\n")).toMatchInlineSnapshot(`
      [
        "simulate/flows-columns undefined:undefined+undefined m.csv has no flows | Write a line for each: source,destination,bytes,start, such as srv-0001/gpu-1,srv-0002/gpu-1,64MiB,0.",
      ]
    `);
  });

  test("more flows or characters than the limits are refused", () => {
    expect(errorsOf("0,8,1\n".repeat(flowLimits.flowsMax + 1))[0]).toMatch(/simulate\/flows-limit.*200000 flows/);
    expect(errorsOf(" ".repeat(flowLimits.charactersMax + 1))[0]).toMatch(/simulate\/flows-limit/);
    expect(errorsOf("x\n".repeat(5000))).toHaveLength(flowLimits.errorsMax);
  });

  test("any text is read or refused with places inside it", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom(
              "0",
              "srv-0001",
              "srv-0002/gpu-1",
              "64MiB",
              ",",
              ",",
              ",",
              '"',
              "\n",
              "\n",
              "1",
              "bytes",
              "start",
              "class",
              "source",
              "destination",
            ),
            fc.string({ maxLength: 5 }),
          ),
          { maxLength: 40 },
        ),
        (words) => {
          const text = words.join("");
          try {
            parseFlows(text, "m.csv", fabric);
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
            for (const { place } of error.diagnostics) {
              if (place === undefined) continue;
              expect(place.column).toBeLessThanOrEqual(place.lineText.length + 1);
              expect(place.length).toBeGreaterThan(0);
            }
          }
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });

  test("names of ends are read back as what they name", () => {
    for (const text of ["srv-0001", "srv-0016/gpu-8", "srv-0007/nic-4"]) {
      const [row] = parseFlows(`${text},srv-0002/gpu-2,1\n`, "m.csv", fabric);
      expect(endName(fabric, row!.source)).toBe(text);
    }
  });
});
