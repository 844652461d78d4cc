/** Servers, NICs and NIC ports, and the modules in them. */

import { defined } from "../../base/assert.ts";
import type { LinkAssembly, NicModel } from "../../catalog/types.ts";
import type { PartColumns } from "./columns.ts";
import type { PortEnd } from "./switches.ts";

/** The server side of the fabric: made at once, connected as planes are laid. */
export class ServerPorts {
  readonly count: number;
  readonly rails: number;
  readonly linksPerEndpoint: 1 | 2;
  readonly nicsPerEndpoint: 1 | 2;
  /** Link index of endpoint x linksPerEndpoint + side. */
  readonly accessLink: Int32Array;
  readonly #ports: Int32Array;
  readonly #parts: PartColumns;
  /** Modules by their cage on the server side; a cage may serve several ports. */
  readonly #modules = new Map<number, number>();

  constructor(
    parts: PartColumns,
    count: number,
    rails: number,
    linksPerEndpoint: 1 | 2,
    nicModels: readonly NicModel[],
  ) {
    this.#parts = parts;
    this.count = count;
    this.rails = rails;
    this.linksPerEndpoint = linksPerEndpoint;
    this.nicsPerEndpoint = nicModels.length === 2 ? 2 : 1;
    this.accessLink = new Int32Array(count * rails * linksPerEndpoint).fill(-1);
    this.#ports = new Int32Array(this.accessLink.length);
    for (let server = 0; server < count; server++) parts.add("server", "server", undefined, -1, server + 1);
    const nics = this.#addNics(nicModels);
    this.#addPorts(nics);
  }

  #addNics(models: readonly NicModel[]): Int32Array {
    const nics = new Int32Array(this.count * this.rails * this.nicsPerEndpoint);
    const perServer = this.rails * this.nicsPerEndpoint;
    for (let nic = 0; nic < nics.length; nic++) {
      const model = defined(models[nic % models.length], "NIC model");
      nics[nic] = this.#parts.add("nic", "nic", model, Math.floor(nic / perServer), (nic % perServer) + 1);
    }
    return nics;
  }

  #addPorts(nics: Int32Array): void {
    for (let port = 0; port < this.#ports.length; port++) {
      const endpoint = Math.floor(port / this.linksPerEndpoint);
      const side = port % this.linksPerEndpoint;
      const nic = nics[endpoint * this.nicsPerEndpoint + (this.nicsPerEndpoint === 2 ? side : 0)]!;
      this.#ports[port] = this.#parts.add(
        "nic-port",
        "access-link",
        undefined,
        nic,
        this.nicsPerEndpoint === 2 ? 1 : side + 1,
      );
    }
  }

  /** The port of an endpoint's link with its module, made when first asked for. */
  portOf(server: number, rail: number, side: number, assembly: LinkAssembly): PortEnd {
    const slot = (server * this.rails + rail) * this.linksPerEndpoint + side;
    const perServer = this.rails * this.linksPerEndpoint;
    const inServer = slot % perServer;
    const perCage = assembly.nearLinksPerCage;
    const cage = slot - inServer + Math.floor(inServer / perCage) * perCage;
    let module = this.#modules.get(cage);
    if (module === undefined) {
      module = this.#parts.add("module", "access-link", assembly.nearModule ?? assembly.cable, this.#ports[cage]!, 1);
      this.#modules.set(cage, module);
    }
    return { port: this.#ports[slot]!, module, lane: (inServer % perCage) + 1 };
  }

  connect(server: number, rail: number, side: number, link: number): void {
    this.accessLink[(server * this.rails + rail) * this.linksPerEndpoint + side] = link;
  }
}
