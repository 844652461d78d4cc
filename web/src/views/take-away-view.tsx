/** Everything that can be taken away, made in the page by the code of the command line. */

import { useSignal } from "@preact/signals";
import { exportFormats } from "../../../src/exchange/export/registry.ts";
import { Button } from "../panels/button.tsx";
import { download } from "../state/download.ts";
import { downloadPng, downloadSvg, picture } from "../state/picture.ts";
import { adopted, opened, session } from "../state/studio.ts";
import { Engine, problemsOf } from "../worker/client.ts";

const files: readonly (readonly [what: string, about: string])[] = [
  [
    "report.html",
    "the whole assessment for people: design, audit, money, what training feels; one page, nothing loaded",
  ],
  ["assessment.json", "the same for programs"],
  ["bill-of-materials.csv", "every part to buy, with prices and sources"],
  ["cabling.csv", "every cable with both its ends"],
  ["fabric.json", "the built fabric, for import and other programs"],
  ["topology.svg", "the topology as a drawing for documents"],
];
const single = new Set(["cabling", "bill-of-materials", "bill", "fabric"]);

const maker = new Engine();

export function TakeAwayView() {
  const busy = useSignal("");
  const wrong = useSignal("");
  const make = async (what: string) => {
    busy.value = what;
    wrong.value = "";
    try {
      const subject = adopted(opened.value!);
      await maker.ask("adopt", subject);
      const file = await maker.ask("make", { what, version: session.value?.version ?? "" });
      download(`${subject.fabric.name.replaceAll(/[^\w.-]+/g, "-")}-${file.name}`, file.type, file.bytes);
    } catch (error) {
      wrong.value = problemsOf(error)
        .map(({ message, remedy }) => [message, remedy].filter(Boolean).join(". "))
        .join("; ");
    } finally {
      busy.value = "";
      maker.stop();
    }
  };
  const drawn = picture.value;
  return (
    <main class="wide">
      {wrong.value === "" ? null : (
        <p class="wrong" role="alert">
          {wrong.value}
        </p>
      )}
      <h2>Report and plans</h2>
      <ul class="downloads">
        {files.map(([what, about]) => (
          <Download key={what} name={what} about={about} busy={busy.value} onMake={() => void make(what)} />
        ))}
      </ul>
      <h2>The drawing as it is on screen</h2>
      <ul class="downloads">
        <Download
          name="SVG"
          about="for documents; lines and letters stay sharp"
          busy={drawn === undefined ? "nothing drawn" : busy.value}
          onMake={() => drawn !== undefined && downloadSvg(drawn)}
        />
        <Download
          name="PNG"
          about="for slides, at twice the screen's resolution"
          busy={drawn === undefined ? "nothing drawn" : busy.value}
          onMake={() => drawn !== undefined && downloadPng(drawn)}
        />
      </ul>
      <h2>For other systems</h2>
      <ul class="downloads">
        {exportFormats
          .filter(({ name }) => !single.has(name))
          .map(({ name, writes }) => (
            <Download key={name} name={`${name}.zip`} about={writes} busy={busy.value} onMake={() => void make(name)} />
          ))}
      </ul>
    </main>
  );
}

interface DownloadProps {
  readonly name: string;
  readonly about: string;
  readonly busy: string;
  readonly onMake: () => void;
}

function Download({ name, about, busy, onMake }: DownloadProps) {
  return (
    <li>
      <Button onClick={onMake} isOff={busy !== ""}>
        {`${busy}.zip` === name || busy === name ? "Making …" : name}
      </Button>{" "}
      <span class="soft">{about}</span>
    </li>
  );
}
