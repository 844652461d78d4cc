/** Names of everything a lab leaves on the machine; all carry its id, so that two labs never touch each other. */

import { userError } from "../base/diagnostics.ts";

/** Below it every lab has a folder. */
export const labsFolder = "/run/twinspine/lab";
const idLengthMax = 20;

/** The id of a lab: the name of the cluster unless the user gives one. Lower-case letters, digits and hyphens. */
export function labId(clusterName: string, wished?: string): string {
  if (wished !== undefined && !/^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$/.test(wished)) {
    throw userError(
      "command/value",
      `--name "${wished}" is no name of a lab`,
      `Use at most ${idLengthMax} lower-case letters, digits and hyphens.`,
    );
  }
  const slug = (wished ?? clusterName)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, idLengthMax)
    .replaceAll(/^-+|-+$/g, "");
  return slug === "" ? "lab" : slug;
}

/** What the names of the lab's namespaces begin with. Ids hold no dot, so that no id is the beginning of another. */
export const namespacePrefix = (id: string): string => `ts-${id}.`;

/** Namespace of a node. */
export const namespaceOf = (id: string, nodeName: string): string => `${namespacePrefix(id)}${nodeName}`;

export const labFolder = (id: string): string => `${labsFolder}/${id}`;

/** Folder of one node: its configuration, the sockets and process numbers of its daemons. Short: socket paths end at 107 bytes. */
export const nodeFolder = (id: string, node: number): string => `${labFolder(id)}/n${node}`;
