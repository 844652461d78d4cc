/** What a person must know whatever is looked at: the server is silent, the file on disk is another, something failed. */

import { absent, serverState } from "../state/server.ts";
import {
  draft,
  keepMine,
  onDisk,
  opened,
  openFile,
  path,
  problems,
  savedText,
  takeFromDisk,
  viewName,
} from "../state/studio.ts";
import { Problems } from "./problems.tsx";

export function Notices() {
  const errors = opened.value === undefined ? [] : problems.value.filter(({ severity }) => severity === "error");
  return (
    <div class="notices">
      <div role="status" aria-label="Notices" data-testid="notices">
        <ServerNotice />
        <DiskNotice />
      </div>
      {errors.length === 0 ? null : (
        <div class="notice bad">
          <Problems found={errors} />
          <button type="button" onClick={() => (problems.value = [])}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}

function ServerNotice() {
  if (serverState.value === "answers") return null;
  return (
    <p class="notice bad">
      {serverState.value === "silent"
        ? "The studio's server does not answer: it was stopped, or the way to it is broken. Nothing here is lost; saving, other files and long simulations wait until it is back."
        : "The studio's server wants another token: it was started anew. Paste the address that it prints into this tab; nothing here is lost."}
    </p>
  );
}

function DiskNotice() {
  const found = onDisk.value;
  const name = path.value;
  if (found === undefined) return null;
  if (found.version === absent)
    return <p class="notice">{name} is no longer on disk. What is open stays; Save in Change writes it anew.</p>;
  if (draft.value === savedText.value)
    return (
      <p class="notice">
        {name} was changed on disk.{" "}
        <button type="button" onClick={() => void openFile(name)}>
          Show the new one
        </button>
      </p>
    );
  return (
    <p class="notice">
      {name} was changed on disk, and there are edits here that are not saved. Both are kept until you choose.{" "}
      {viewName.value === "Change" ? (
        <>
          <button type="button" onClick={takeFromDisk} title="Ctrl+Z in the editor brings your edits back">
            Take the text on disk
          </button>{" "}
          <button type="button" onClick={keepMine}>
            Keep my edits
          </button>
        </>
      ) : (
        <button type="button" onClick={() => (viewName.value = "Change")}>
          Go to Change
        </button>
      )}
    </p>
  );
}
