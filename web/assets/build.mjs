// Builds everything that pages load: one stylesheet, one script, one sprite of icons, the fonts; and GraphiQL, apart.
//
// Rule: each file's name holds a hash of its content, so that it may be kept forever; what our templates do not use is
// cut away; nothing is a data: address, because the pages' policy allows pictures of our own origin only.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { PurgeCSS } from "purgecss";
import * as sass from "sass";
import { graphiql } from "./graphiql.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const kit = join(here, "node_modules/bootstrap-italia/src");
const manifest = {};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

function keep(name, bytes) {
  writeFileSync(join(dist, name), bytes);
  if (!/\.(woff2?|ttf|png)$/.test(name)) {
    const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
    writeFileSync(join(dist, `${name}.br`), brotliCompressSync(bytes, best));
    writeFileSync(join(dist, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
}

function put(name, content) {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  keep(hashed, bytes);
  manifest[name] = hashed;
  return hashed;
}

for (const weight of ["regular", "italic", "700"]) {
  const file = `titillium-web-v10-latin-ext_latin-${weight}.woff2`;
  put(`titillium-${weight}.woff2`, readFileSync(join(kit, "fonts/Titillium_Web", file)));
}

// The same letters for papers, which the program makes by itself: it serves these to nobody.
for (const weight of ["regular", "700"]) {
  const file = `titillium-web-v10-latin-ext_latin-${weight}.ttf`;
  put(`titillium-${weight}.ttf`, readFileSync(join(kit, "fonts/Titillium_Web", file)));
}

const symbols = readdirSync(join(here, "icons"))
  .filter((file) => file.endsWith(".svg"))
  .sort()
  .map((file) => {
    const inside = readFileSync(join(here, "icons", file), "utf8").replace(/^.*?<svg[^>]*>|<\/svg>\s*$/gs, "");
    return `<symbol id="${file.slice(0, -4)}" viewBox="0 0 24 24">${inside.trim()}</symbol>`;
  });
put("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);

function templates(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".html"))
    .map((entry) => join(entry.parentPath, entry.name));
}

const compiled = sass.compile(join(here, "scss/arengo.scss"), {
  loadPaths: [join(kit, "scss")],
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
});
// Ours are all used, some under names that a template puts together: `arengo-state-{{ … }}`. Icons are made in page.rs.
const [kept] = await new PurgeCSS().purge({
  content: [...templates(join(here, "../templates")), join(here, "js/arengo.js")],
  css: [{ raw: compiled.css }],
  variables: true,
  keyframes: true,
  safelist: { standard: ["html", "body", "table", "thead", "tbody", "th", "td", "pre", "code", "blockquote", "hr", "ul", "ol", "icon-sm", /^arengo-/] },
});
// Pictures in the kit are half escaped: a lone percent sign stands for itself.
const decoded = (data) => data.replace(/(%[0-9a-f]{2})+/gi, (bytes) => decodeURIComponent(bytes));
let pictures = 0;
const own = kept.css.replace(/url\((["']?)data:image\/svg\+xml(;[^,]*)?,(.*?)\1\)/g, (_all, _quote, kind, data) => {
  const svg = kind?.includes("base64") ? Buffer.from(data, "base64").toString() : decoded(data);
  pictures += 1;
  return `url("/assets/${put(`sign-${pictures}.svg`, svg)}")`;
});
const fonts = own.replace(/url\(["']?font:([\w-]+)["']?\)/g, (_all, name) => `url("/assets/${manifest[`${name}.woff2`]}")`);
const small = await esbuild.transform(fonts, { loader: "css", minify: true, legalComments: "none" });
put("arengo.css", small.code);

const script = await esbuild.build({
  entryPoints: [join(here, "js/arengo.js")],
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  write: false,
});
put("arengo.js", script.outputFiles[0].contents);

await graphiql(here, put, keep);

writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
for (const name of ["arengo.css", "arengo.js", "icons.svg"]) {
  const size = readFileSync(join(dist, `${manifest[name]}.br`)).length;
  process.stdout.write(`${name}: ${(size / 1000).toFixed(1)} kB compressed\n`);
}
