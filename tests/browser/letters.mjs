// What flows share: the code of a letter, read from the folder that letters are written to, and what must be seen.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const PATIENCE_MS = 20_000;

/** The six digits of the first letter to an address that is not among those of before. */
export async function code(folder, address, after) {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    for (const name of await readdir(folder)) {
      const letter = after.has(name) || !name.endsWith(".eml") ? "" : await readFile(join(folder, name), "utf8");
      const digits = letter.includes(address) && /Subject: .*?(\d{6})/s.exec(letter);
      if (digits) return digits[1];
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`no letter to ${address} in ${folder}`);
}

/** Waits for something that the page must show. */
export async function must(page, locator, what) {
  await locator.first().waitFor({ timeout: PATIENCE_MS }).catch(() => {
    throw new Error(`${what}: not on ${page.url()}`);
  });
}
