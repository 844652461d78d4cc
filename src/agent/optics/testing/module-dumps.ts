/** Memory of real modules, as others have published it: bytes of each page; 0 is the lower memory, the rest upper pages. */

import type { ReadPage } from "../module.ts";

const bytes = (hex: string) => Buffer.from(hex.replace(/\s/g, ""), "hex");

/** Reads pages of 128 bytes; what the dump lacks cannot be read. */
export function readerOf(dump: ModuleDump): ReadPage {
  return (page, offset) => {
    const hex = page === 0 && offset === 0 ? dump.lower : dump.upper[page];
    return hex === undefined ? undefined : Buffer.concat([bytes(hex), Buffer.alloc(128)]).subarray(0, 128);
  };
}

export interface ModuleDump {
  /** Where it was published. */
  readonly source: string;
  readonly lower: string;
  readonly upper: Readonly<Record<number, string>>;
}

/** Juniper 740-174932, an 800G DR8 module in a QFX5240 switch. */
export const juniper800gDr8: ModuleDump = {
  source: "github.com/mymdbook/xai_link_flap, src/accton_session_dec24-2025.md, port 40",
  lower: `
19 51 00 07 00 00 00 00 00 00 00 00 00 00 39 ee
81 21 df fd 37 04 00 00 00 00 60 00 00 00 00 00
00 00 f0 00 ff 00 00 00 0d 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 01 00 00 d1 17 00 00 00 00 00 00 00 00
00 00 00 00 00 02 4f 1c 44 11 50 1c 44 11 4b 14
11 ff 4c 14 11 ff 51 56 88 01 52 56 88 01 4d e0
22 55 4e e0 22 55 00 00 00 00 00 00 00 00 00 00`,
  upper: {
    0: `
19 4a 55 4e 49 50 45 52 2d 31 47 31 20 20 20 20
20 20 1b c9 37 34 30 2d 31 37 34 39 33 32 20 20
20 20 20 20 30 31 31 47 31 54 4b 31 41 41 33 35
30 41 5a 20 20 20 32 35 30 38 32 36 20 20 43 4d
55 49 41 5a 37 42 41 41 e0 42 00 28 00 00 00 00
00 00 00 00 06 00 00 00 00 00 00 00 00 00 ec 31
47 31 4b 31 41 20 20 20 20 20 20 20 20 20 20 30
31 03 01 00 00 00 00 00 00 00 00 00 00 00 00 00`,
    1: `
00 00 01 02 05 00 00 00 00 00 66 6c 05 14 64 00
37 e9 46 00 00 00 9d 18 00 f0 77 bb 03 07 06 0f
07 09 1d 77 ff 1f 80 47 34 00 00 00 00 00 00 00
11 11 ff ff 01 01 55 55 55 55 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 4d
00 22 55 4e 00 22 55 ff 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 6e`,
    2: `
4c 00 fa 00 49 00 fd 00 90 88 75 30 8c a0 77 24
7f ff 80 00 79 98 86 67 3c 00 2d 00 3a 00 2f 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
9b 82 0a 0a 7b 86 0c a3 fd e8 13 88 f4 24 1d 4c
ba f7 05 08 94 82 07 1b 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 b6`,
    17: `
44 44 44 44 ff ff 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 4d 0b 3a 21 3b 9e
35 21 45 38 2d c1 48 ff 3b c5 88 af 88 af 88 af
88 af 88 af 88 af 88 af 88 af 42 32 42 85 52 1b
42 de 40 a9 4b 4f 29 d3 3b 8f 11 11 11 11 50 50
50 50 50 50 50 50 ff 00 00 00 00 00 00 ff ff 22
22 22 22 00 00 00 00 11 11 11 11 00 00 00 00 00
11 22 33 44 55 66 77 88 11 22 33 44 55 66 77 88`,
  },
};

/** Credo CAC84530, an 800G active cable in the same switch; without monitors of light. */
export const credo800gAec: ModuleDump = {
  source: "as above, port 0",
  lower: `
19 50 00 07 00 00 00 00 00 00 00 00 00 00 33 44
80 d4 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 01 04 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 04 4b 04 11 ff 4c 04 11 ff 4d 04
22 55 4e 04 22 55 4f 04 44 11 50 04 44 11 ff 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 11`,
  upper: {
    0: `
19 43 72 65 64 6f 20 20 20 20 20 20 20 20 20 20
20 9a ad ca 43 41 43 38 34 35 33 30 31 41 32 4e
43 32 58 41 20 20 42 4c 38 4a 34 34 35 35 31 35
30 30 30 37 56 20 32 35 30 34 30 39 20 20 20 20
20 20 20 20 20 20 20 20 c0 34 2d 23 00 00 00 00
00 00 00 03 0c 00 00 00 00 00 00 00 00 00 0e 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00`,
    1: `
01 04 0a 00 00 00 00 00 00 00 00 00 00 00 20 00
59 60 46 00 00 02 9d 00 00 70 77 0b 03 06 06 03
00 09 3d 67 0f 00 00 67 44 00 00 00 00 00 00 00
ff ff 55 55 11 11 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 fd`,
    2: `
4b 00 fb 00 46 00 00 00 8b 42 76 8e 87 5a 7a 76
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 2e`,
    17: `
44 44 44 44 ff ff 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 11 11 11 11 50 50
50 50 58 58 58 58 ff 00 00 00 00 00 00 ff ff 55
55 55 55 00 00 00 00 11 11 11 11 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00`,
  },
};

/** Amphenol NDYYYF-0001, a passive 400G copper cable: flat memory. */
export const amphenol400gDac: ModuleDump = {
  source: "github.com/floodlight/bigcode, pull request 94, port 10",
  lower: `
18 30 80 01 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 03 1d 01 88 01 1c 01 88 01 1b 01
88 01 18 01 88 01 1a 01 88 01 16 01 88 01 15 01
88 01 14 01 88 01 00 00 00 00 00 00 00 00 00 00`,
  upper: {
    0: `
18 41 6d 70 68 65 6e 6f 6c 20 20 20 20 20 20 20
20 78 a7 14 4e 44 59 59 59 46 2d 30 30 30 31 20
20 20 20 20 44 20 41 50 46 31 39 31 37 30 30 31
38 48 4d 48 20 20 31 39 30 34 32 36 20 20 00 00
00 00 00 00 00 00 00 00 00 01 0a 23 05 06 0b 00
00 00 00 02 0a 00 00 00 00 00 00 00 00 00 a9 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00`,
  },
};

/** Finisar FCBR42, 100G, its first lane not sending (no bias, no send power); the rest of page 00h is not in the source and zero here. */
export const finisar100g: ModuleDump = {
  source: "github.com/sonic-net/sonic-utilities, pull request 2379, str2-a7280cr3-3",
  lower: `
11 08 00 10 00 10 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 13 85 00 00 80 d3 00 00 00 00
00 00 32 c9 34 d9 2b b9 2f 43 00 00 0f 9f 0f 80
0f 80 00 01 36 17 34 d2 30 43 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
00 00 ff 00 00 00 00 00 00 00 00 00 00 04 08 00
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00`,
  upper: {
    0: `
11 8c 23 80 00 00 00 00 00 00 00 07 ff 00 00 00
00 00 05 00 46 49 4e 49 53 41 52 20 43 4f 52 50
20 20 20 20 00 00 90 65 46 43 42 52 34 32`,
  },
};

/** FS Q28-PC01, a passive 100G copper cable whose lower memory is not programmed; the rest of page 00h is not in the source. */
export const fs100gDac: ModuleDump = {
  source: "github.com/floodlight/bigcode, issue 97",
  lower: `
0d 00 23 ff ff ff ff ff ff ff ff ff ff ff ff ff
ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff
ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff
ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff
ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff
ff ff ff ff ff ff 0f ff ff ff ff ff ff ff ff ff
ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff
ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 00`,
  upper: {
    0: `
11 00 23 80 00 00 00 00 00 00 00 00 ff 00 00 00
00 00 01 a0 46 53 20 20 20 20 20 20 20 20 20 20
20 20 20 20 1f 00 02 c9 51 32 38 2d 50 43 30 31
20 20 20 20 20 20 20 20 41 20 06 0a 00 00 46 2a
0b 00 00 00 47 31 39 30 36 32 38 36 30 32 32 2d`,
  },
};
