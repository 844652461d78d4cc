/** The agent's BFD towards FRR's bfdd: comes up, finds a dark link, comes back, and leaves with a goodbye. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { root } from "../support/twinspine.ts";
import { until } from "../support/until.ts";
import { type Fabric, makeFabric } from "./fabric.ts";
import { startFrrHost } from "./frr.ts";
import { RunningAgent, writeHostFile } from "./running-agent.ts";

describe.skipIf(!requirement("network-namespaces", "nftables", "frr"))("BFD with FRR", () => {
  let fabric: Fabric;
  let folder: string;
  let stopFrr: () => void;

  beforeAll(() => {
    fabric = makeFabric("bfd");
    folder = mkdtempSync(join(tmpdir(), "twinspine-bfd-"));
    const peers = ([0, 1] as const).map(
      (
        link,
      ) => ` peer ${fabric.address(0, link)} local-address ${fabric.address(1, link)} interface ${fabric.interfaceName(link)}
  receive-interval 50
  transmit-interval 50
  detect-multiplier 3
 exit`,
    );
    stopFrr = startFrrHost(fabric, 1, join(folder, "frr"), {
      zebra: "",
      bfdd: `bfd\n${peers.join("\n")}\nexit\n`,
    });
  });
  afterAll(() => {
    stopFrr();
    fabric.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const asFrrSees = () =>
    (
      JSON.parse(
        fabric.run(1, ["vtysh", "--vty_socket", join(folder, "frr"), "-d", "bfdd", "-c", "show bfd peers json"]),
      ) as { peer: string; status: string; diagnostic: string; "remote-diagnostic": string }[]
    ).sort((one, other) => (one.peer < other.peer ? -1 : 1));
  const seen = () => JSON.stringify(asFrrSees());

  test("sessions come up on both sides, fail with the link, and return", async () => {
    const file = writeHostFile(fabric, 0, join(folder, "host-0"), {
      settings: "holdDown: 100ms\nbfd: { interval: 50ms, multiplier: 3 }",
      peers: `  - name: routers
    watch: bfd
    addresses: [${fabric.address(1, 0)}, ${fabric.address(1, 1)}]
    prefixes: [${fabric.ownAddress(1)}]
    source: ${fabric.ownAddress(0)}`,
    });
    const agent = new RunningAgent(root, fabric, 0, file);
    try {
      await agent.allUp();
      expect(asFrrSees().map(({ status }) => status)).toEqual(["up", "up"]);
      fabric.breakLink(0, { kind: "dark" });
      await until("traffic goes by link 2", async () => (await agent.status())?.status.peers[0]?.to[0] === 1, seen);
      await until("FRR has the session down", () => asFrrSees()[0]?.status === "down", seen);
      expect(asFrrSees()[1]?.status).toBe("up");
      const [takeover] = JSON.parse(agent.command("explain", "--json", "--last", "1")) as {
        trigger: string;
        why: string;
      }[];
      expect(takeover).toMatchObject({ trigger: "connectionLost", why: expect.stringContaining("BFD") });
      fabric.healLink(0);
      await until("traffic goes by link 1", async () => (await agent.status())?.status.peers[0]?.to[0] === 0, seen);
      expect(asFrrSees().map(({ status }) => status)).toEqual(["up", "up"]);
    } finally {
      await agent.end("SIGTERM");
    }
    // The goodbye: the router knows at once, and why.
    await until("FRR has both sessions down", () => asFrrSees().every(({ status }) => status === "down"), seen);
    expect(asFrrSees().map((each) => each["remote-diagnostic"])).toEqual([
      "administratively down",
      "administratively down",
    ]);
  });
});
