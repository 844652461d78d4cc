/** The selected part or link: what it is, what shares its fate, its verdict, and what can be done to it. */

import { useEffect, useState } from "preact/hooks";
import { verdicts } from "../../../src/audit/types.ts";
import { partName } from "../../../src/fabric/names.ts";
import { kindCode } from "../../../src/fabric/types.ts";
import { formatCount, formatCounted, formatShare } from "../../../src/report/format.ts";
import { describeFabric } from "../../../src/report/topology/words.ts";
import {
  chainOf,
  kindWord,
  linkName,
  linksOfServer,
  linksOfSwitch,
  linkWords,
  modelOf,
  stageWord,
} from "../state/facts.ts";
import { act, broken, brokenNames, engine, opened, selection, verdictColumns } from "../state/studio.ts";
import type { Fate } from "../worker/protocol.ts";
import { linkStates } from "../worker/protocol.ts";
import { Button } from "./button.tsx";

export function PartPanel() {
  const chosen = selection.value;
  if (chosen === undefined)
    return (
      <section class="panel">
        <h2>Select something</h2>
        <p>{describeFabric(opened.value!.fabric)}</p>
        <p class="soft small">
          Click a box or a link, or use the arrow keys in the drawing. Zoom with the wheel, + and −; drag to move; 0
          shows everything.
        </p>
      </section>
    );
  return chosen.kind === "link" ? <LinkPanel link={chosen.link} /> : <OnePart part={chosen.part} />;
}

function OnePart({ part }: { part: number }) {
  const { fabric } = opened.value!;
  const name = partName(fabric, part);
  const model = modelOf(fabric, part);
  return (
    <section class="panel" aria-label={`Selected: ${name}`} data-testid="part" data-takes-focus>
      <h2 class="break">{name}</h2>
      <p>
        {kindWord(fabric, part)}, {stageWord(fabric, part)}
        {model === "" ? (
          ""
        ) : (
          <>
            {" "}
            · <code>{model}</code>
          </>
        )}
      </p>
      <Alone part={part} />
      <Deeds part={part} />
      <FateOf part={part} />
      <LinksOf part={part} />
    </section>
  );
}

/** What the failure of this part alone does, by the audit. */
function Alone({ part }: { part: number }) {
  const columns = verdictColumns.value;
  if (columns === undefined) return <p class="soft small">The audit is being worked out …</p>;
  const word = verdicts[columns.verdict[part]!];
  if (word === undefined)
    return <p class="soft small">Not a part of the network: its failure stops the job at once.</p>;
  const cut = columns.gpusCutOff[part]!;
  return (
    <p data-testid="alone">
      Fails alone: <span class={`chip ${word}`}>{word}</span> keeps {formatShare(columns.bandwidthKept[part]!)} of the
      bandwidth
      {cut > 0 ? `, ${formatCounted(cut, "GPU")} cut off${word === "rerouted" ? " from their NIC" : ""}` : ""}
    </p>
  );
}

function Deeds({ part }: { part: number }) {
  const { fabric } = opened.value!;
  const done = brokenNames.value.get(partName(fabric, part));
  const isShared = fabric.parts.kind[part]! >= kindCode.feed;
  return (
    <div class="buttons">
      <Button
        class="danger"
        onClick={() => act(part, { event: "fail" })}
        isOff={done?.event === "fail" && done.direction === undefined}
      >
        Fail
      </Button>
      {isShared || fabric.parts.kind[part] === kindCode.server ? null : (
        <>
          <button
            type="button"
            onClick={() => act(part, { event: "fail", direction: "up" })}
            title="Nothing passes away from the servers; the light stays"
          >
            Cut up
          </button>
          <button
            type="button"
            onClick={() => act(part, { event: "fail", direction: "down" })}
            title="Nothing passes towards the servers; the light stays"
          >
            Cut down
          </button>
          <Degrade part={part} />
        </>
      )}
      <Button onClick={() => act(part, { event: "heal" })} isOff={done === undefined}>
        Heal
      </Button>
    </div>
  );
}

/** To a share of the bandwidth: a usual one, or any percentage. */
function Degrade({ part }: { part: number }) {
  const [percent, setPercent] = useState("");
  return (
    <form
      class="degrade"
      onSubmit={(event) => {
        event.preventDefault();
        act(part, { event: "degrade", rate: Number(percent) / 100 });
      }}
    >
      <select
        aria-label="Degrade to a share of the bandwidth"
        value=""
        onChange={(event) => {
          const { value } = event.currentTarget;
          event.currentTarget.value = "";
          if (value !== "") act(part, { event: "degrade", rate: Number(value) });
        }}
      >
        <option value="">Degrade …</option>
        {[0.75, 0.5, 0.25, 0.1].map((rate) => (
          <option key={rate} value={rate}>
            to {formatShare(rate)}
          </option>
        ))}
      </select>
      <input
        type="number"
        aria-label="Percent of the bandwidth that is left"
        class="percent"
        min={0.01}
        max={99.99}
        step={0.01}
        required
        placeholder="any"
        value={percent}
        onInput={(event) => setPercent(event.currentTarget.value)}
      />
      <button type="submit" aria-label="Degrade to this percentage">
        %
      </button>
    </form>
  );
}

function FateOf({ part }: { part: number }) {
  const [fate, setFate] = useState<Fate | undefined>(undefined);
  useEffect(() => {
    let isWanted = true;
    setFate(undefined);
    engine.ask("fate", { part }).then(
      (found) => isWanted && setFate(found),
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [part]);
  const { fabric } = opened.value!;
  if (fate === undefined) return null;
  const endpoints = new Set(Array.from(fate.links, (link) => fabric.links.endpoint[link]!).filter((each) => each >= 0));
  const { linksPerEndpoint } = fabric;
  const both = [...endpoints].filter((endpoint) => {
    const own = fabric.accessLink.subarray(endpoint * linksPerEndpoint, (endpoint + 1) * linksPerEndpoint);
    return own.every((link) => link < 0 || fate.links.includes(link));
  });
  return (
    <p class="small" data-testid="fate">
      Takes {formatCounted(fate.links.length, "link")} with it
      {fate.devices.length > 0 ? ` and ${formatCounted(fate.devices.length, "device")}` : ""}
      {endpoints.size > 0 ? `, of ${formatCounted(endpoints.size, "NIC")}` : ""}
      {linksPerEndpoint === 2 && both.length > 0 ? (
        <b> — both links of {formatCounted(both.length, "NIC")}</b>
      ) : linksPerEndpoint === 2 && endpoints.size > 0 ? (
        endpoints.size === 1 ? (
          ", which keeps its other link"
        ) : (
          ", each of which keeps its other link"
        )
      ) : (
        ""
      )}
      .
    </p>
  );
}

/** Links listed at most. */
const listedMax = 144;

function LinksOf({ part }: { part: number }) {
  const { fabric } = opened.value!;
  if (fabric.parts.kind[part] === kindCode.server)
    return <LinkList title="Links" links={linksOfServer(fabric, part)} />;
  if (fabric.parts.kind[part] !== kindCode.switch) return null;
  const { down, up } = linksOfSwitch(fabric, fabric.parts.ordinal[part]! - 1);
  return (
    <>
      {up.length === 0 ? null : <LinkList title="Links up" links={up} />}
      {down.length === 0 ? null : <LinkList title="Links down" links={down} />}
    </>
  );
}

function LinkList({ title, links }: { title: string; links: readonly number[] }) {
  const { fabric } = opened.value!;
  const states = broken.value!.linkState;
  return (
    <details open={links.length <= 16}>
      <summary>
        {title}: {formatCount(links.length)}
      </summary>
      <ul class="links">
        {links.slice(0, listedMax).map((link) => (
          <li key={link}>
            <button
              type="button"
              class="link"
              onClick={() => {
                selection.value = { kind: "link", link };
              }}
            >
              {linkName(fabric, link)}
            </button>
            {states[link] === 0 ? null : <span class="chip fatal">{linkStates[states[link]!]}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}

function LinkPanel({ link }: { link: number }) {
  const { fabric } = opened.value!;
  const columns = verdictColumns.value;
  const state = broken.value!.linkState[link]!;
  return (
    <section class="panel" aria-label={`Selected link: ${linkName(fabric, link)}`} data-testid="link" data-takes-focus>
      <h2 class="break">{linkName(fabric, link)}</h2>
      <p>
        Link of {linkWords(fabric, link)} {state === 0 ? null : <span class="chip fatal">{linkStates[state]}</span>}
      </p>
      <ol class="chain" data-testid="chain">
        {chainOf(fabric, link).map(({ part, kind, label, model }) => {
          const word = columns === undefined ? undefined : verdicts[columns.verdict[part]!];
          return (
            <li
              key={`${part} ${kind}`}
              class={`${kind.startsWith("cable") ? "cable" : ""} ${brokenNames.value.has(partName(fabric, part)) ? "down" : ""}`}
            >
              <button
                type="button"
                class="link"
                onClick={() => {
                  selection.value = { kind: "part", part };
                }}
              >
                {label}
              </button>
              <span class="soft"> {kind === label ? "" : kind}</span>
              {model === "" ? null : <code>{model}</code>}
              {word === undefined ? null : <span class={`chip ${word}`}>{word}</span>}
              <button
                type="button"
                class="quiet fail"
                aria-label={`Fail ${label}`}
                onClick={() => act(part, { event: "fail" })}
              >
                fail
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
