import { execFileSync } from "node:child_process";

/** Builds dist once before the whole tests, so that they always drive the code that is checked out. */
export default function build(): void {
  execFileSync("npm", ["run", "build", "--silent"], { stdio: "inherit" });
}
