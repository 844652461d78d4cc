import { render } from "preact";
import { App } from "./app.tsx";
import { start } from "./state/studio.ts";

render(<App />, document.getElementById("app")!);
void start();
