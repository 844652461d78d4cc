#!/usr/bin/env node
// Stands in the repository with its executable bit, which a freshly compiled dist has not.
import "../dist/cli/main.js";
