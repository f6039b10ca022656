// Builds what the page at /graphiql loads: GraphiQL and React in pieces, and its style sheet with fonts and pictures apart.
//
// Rule: nothing of it is in what other pages load; nothing is a data: address, because the page's policy allows our own
// origin only. The pieces keep the names that esbuild gave them, which hold a hash of their content.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as esbuild from "esbuild";

const KINDS = { "font/woff2": "woff2", "font/woff": "woff", "image/png": "png" };

export async function graphiql(here, put, keep) {
  const built = await esbuild.build({
    entryPoints: [join(here, "js/graphiql.js")],
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    legalComments: "eof",
    target: "es2022",
    chunkNames: "graphiql-[hash]",
    define: { "process.env.NODE_ENV": '"production"', "process.env.USE_IMPORT": '"true"' },
    outdir: join(here, "dist"),
    write: false,
  });
  for (const file of built.outputFiles) {
    const name = basename(file.path);
    if (name === "graphiql.js") {
      put(name, file.contents);
    } else {
      keep(name, file.contents);
    }
  }

  const css = readFileSync(join(here, "node_modules/graphiql/graphiql.min.css"), "utf8");
  let parts = 0;
  const own = css.replace(/url\((["']?)data:([\w/]+);base64,([^)"']+)\1\)/g, (_all, _quote, kind, data) => {
    parts += 1;
    return `url("/assets/${put(`graphiql-${parts}.${KINDS[kind]}`, Buffer.from(data, "base64"))}")`;
  });
  // The page is the tool and nothing else.
  put("graphiql.css", `${own}html,body,#graphiql{height:100%;margin:0}`);
}
