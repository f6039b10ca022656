// Drives Debian's Chromium for the tests and prints one JSON value; tests/src/browser.rs is its only caller in the suite.
// Rule: a page is judged by what the browser itself reports (policy violations, errors, requests, shifts), and nothing
// in the page is changed to make that easier. Absent: any download of a browser.
//
//   node run.mjs axe [--cookie NAME=VALUE] URL...            accessibility at both widths, exit 1 on any finding
//   node run.mjs visit [--cookie NAME=VALUE] URL [WIDTH]     bytes, layout shift and troubles of a first visit
//   node run.mjs screenshot [--cookie NAME=VALUE] [--no-js] URL FILE WIDTH
//   node run.mjs flow [--no-js] NAME BASE [INPUT-JSON]       runs flows/NAME.mjs
//   node run.mjs crawl [--cookie NAME=VALUE] BASE FOLDER LIMIT   saves every page reachable by links

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { accessSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { troubles, watch } from "./watch.mjs";

const WIDTHS = [390, 1280];
const HEIGHT = 900;
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { cookie: { type: "string", multiple: true }, "no-js": { type: "boolean" } },
});
const [command, ...words] = positionals;

function findChromium() {
  const folders = (process.env.PATH ?? "").split(":");
  const names = ["chromium", "chromium-browser", "google-chrome"];
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    try {
      accessSync(path);
      return path;
    } catch {
      // The next one may be there.
    }
  }
  throw new Error("Chromium is not installed (apt-get install chromium)");
}

async function openContext(browser, url, width) {
  const context = await browser.newContext({
    viewport: { width, height: HEIGHT },
    javaScriptEnabled: !options["no-js"],
    isMobile: width < 600,
    hasTouch: width < 600,
    reducedMotion: "reduce",
    locale: "it-IT",
    timezoneId: "Europe/Rome",
  });
  context.setDefaultTimeout(20_000);
  const cookies = (options.cookie ?? []).map((cookie) => {
    const [name, ...value] = cookie.split("=");
    return { name, value: value.join("="), domain: new URL(url).hostname, path: "/", httpOnly: true, secure: name.startsWith("__Host-") };
  });
  await context.addCookies(cookies);
  return context;
}

async function open(browser, url, width) {
  const context = await openContext(browser, url, width);
  const page = await context.newPage();
  const seen = await watch(page, new URL(url).origin);
  const answer = await page.goto(url, { waitUntil: "load" });
  await page.evaluate(() => document.fonts.ready.then(() => null));
  return { context, page, seen, answer };
}

async function axe(browser, urls) {
  const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const findings = [];
  for (const url of urls) {
    for (const width of WIDTHS) {
      const { context, page, seen } = await open(browser, url, width);
      await page.evaluate(source);
      const result = await page.evaluate(() => globalThis.axe.run(document, { rules: { "target-size": { enabled: true } } }));
      for (const { id, impact, help, nodes } of result.violations) {
        findings.push({ url, width, id, impact, help, where: nodes.map((node) => `${node.target} ${node.html}`.slice(0, 300)) });
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
      if (wide) findings.push({ url, width, id: "scrolls-sideways", help: "The page is wider than the window" });
      for (const trouble of troubles(seen)) findings.push({ url, width, id: "trouble", help: trouble });
      await context.close();
    }
  }
  return { failed: findings.length > 0, findings };
}

async function visit(browser, [url, width]) {
  const { context, page, seen, answer } = await open(browser, url, Number(width ?? WIDTHS[0]));
  await page.waitForLoadState("networkidle");
  const shift = await page.evaluate(() => globalThis.arengoShift ?? 0);
  const cookies = (await context.cookies()).map((cookie) => cookie.name);
  await context.close();
  return { status: answer.status(), bytes: seen.bytes, requests: seen.requests, shift, cookies, troubles: troubles(seen) };
}

async function screenshot(browser, [url, file, width]) {
  const { context, page, seen } = await open(browser, url, Number(width));
  await page.screenshot({ path: file, fullPage: true });
  await context.close();
  return { file, troubles: troubles(seen) };
}

async function flow(browser, [name, base, input]) {
  const { default: run, expected = [] } = await import(`./flows/${name}.mjs`);
  const people = [];
  // A flow opens one window for each person in it; what any of them sees go wrong fails the flow.
  const person = async (width = WIDTHS[1]) => {
    const context = await openContext(browser, base, width);
    const page = await context.newPage();
    people.push(await watch(page, new URL(base).origin));
    return page;
  };
  const result = await run({ base, person, input: JSON.parse(input ?? "{}") });
  const found = people.flatMap(troubles).filter((trouble) => !expected.some((part) => trouble.includes(part)));
  return { failed: found.length > 0, troubles: found, result: result ?? null };
}

async function crawl(browser, [base, folder, limit]) {
  const origin = new URL(base).origin;
  const context = await openContext(browser, base, WIDTHS[1]);
  await mkdir(folder, { recursive: true });
  const waiting = [new URL(base).href];
  const known = new Set(waiting);
  const pages = [];
  while (waiting.length > 0 && pages.length < Number(limit)) {
    const url = waiting.shift();
    const answer = await context.request.get(url, { headers: { accept: "text/html" }, failOnStatusCode: false });
    if (!(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
    const html = await answer.text();
    const file = `${String(pages.length + 1).padStart(4, "0")}.html`;
    await writeFile(join(folder, file), html);
    pages.push({ url, file, status: answer.status() });
    for (const [, quoted] of html.matchAll(/<a\s[^>]*href="([^"]+)"/g)) {
      const next = new URL(quoted.replaceAll("&amp;", "&"), url);
      next.hash = "";
      if (next.origin === origin && !known.has(next.href)) {
        known.add(next.href);
        waiting.push(next.href);
      }
    }
  }
  await context.close();
  return { failed: pages.some((page) => page.status >= 400), pages };
}

const commands = { axe, visit, screenshot, flow, crawl };
if (!commands[command]) throw new Error(`unknown command ${command}: ${Object.keys(commands).join(", ")}`);
const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
try {
  const result = await commands[command](browser, words);
  process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
  process.exitCode = result.failed ? 1 : 0;
} finally {
  await browser.close();
}
