// One evening of a citizen, from finding a proposal by a misspelt word to seeing one's own found by search.
//
// Rule: what is pressed and typed is what the page says in words, in Italian; the code of the letter is read from the
// folder that letters are written to, as a person reads their mail. With `input.keyboard` no mouse is used.

import { readdir } from "node:fs/promises";
import { follow, tabTo, write } from "../keyboard.mjs";
import { code, must } from "../letters.mjs";

/** From publishing to being found (quality.md, D4). */
const FOUND_WITHIN_MS = 2_000;

function hand(page, keyboard) {
  if (!keyboard) {
    return {
      press: (locator) => locator.click(),
      type: (locator, text) => locator.fill(text),
      choose: (locator, label) => locator.selectOption({ label }),
    };
  }
  return {
    press: (locator) => follow(page, locator),
    type: (locator, text) => write(page, locator, text),
    choose: async (locator, label) => {
      await tabTo(page, locator);
      await page.keyboard.type(label);
    },
  };
}

async function signIn(page, { press, type }, input) {
  const { letters, address } = input;
  const before = new Set(await readdir(letters));
  await type(page.getByLabel("Indirizzo e-mail"), address);
  await press(page.getByRole("button", { name: "Inviami il codice" }));
  await must(page, page.getByLabel("Codice di sei cifre"), "the field for the code");
  await type(page.getByLabel("Codice di sei cifre"), await code(letters, address, before));
  await press(page.locator("main").getByRole("button", { name: "Accedi" }));
  const name = page.getByLabel("Nome pubblico");
  await must(page, name, "the choice of a name, for who is new");
  await name.clear();
  await type(name, input.name);
  await press(page.getByRole("button", { name: "Salva" }));
}

async function support(page, { press }) {
  await press(page.getByRole("button", { name: "Sostieni", exact: true }));
  await must(page, page.getByRole("button", { name: "Non sostenere più" }), "the support that was given");
}

async function answer(page, { press, type }) {
  const reply = page.getByRole("link", { name: /^Rispondi/ }).first();
  await press(reply);
  await type(page.getByRole("textbox", { name: /risposta|commento/i }), "Sono d'accordo: basta una rastrelliera ogni isolato.");
  await press(page.getByRole("button", { name: "Pubblica il commento" }));
  await must(page, page.getByText("basta una rastrelliera ogni isolato"), "the answer to a comment");
}

async function propose(page, { press, type, choose }, title) {
  await press(page.getByRole("link", { name: "Consultazioni", exact: true }).first());
  await press(page.getByRole("link", { name: "Scrivi una proposta" }).first());
  await type(page.getByLabel("Titolo"), title);
  await type(page.getByRole("textbox", { name: "Testo" }), "Servono **rastrelliere** coperte davanti a ogni biblioteca, con una pompa e un punto luce.");
  await press(page.getByRole("button", { name: "Continua" }));
  const theme = page.getByLabel("Tema");
  await must(page, theme, "the choice of a theme");
  await choose(theme, await theme.locator("option").nth(1).innerText());
  await press(page.getByRole("button", { name: "Continua" }));
  await must(page, page.getByLabel("Municipio"), "the choice of a district");
  await press(page.getByRole("button", { name: "Continua" }));
  await press(page.getByRole("button", { name: "Pubblica la proposta" }));
  await must(page, page.getByRole("heading", { level: 1, name: title }), "the published proposal");
}

/** Gives after how many milliseconds the title was found. */
async function foundAfter(page, base, title) {
  const began = Date.now();
  const words = encodeURIComponent(title);
  while (Date.now() - began < FOUND_WITHIN_MS) {
    await page.goto(`${base}/it/search?q=${words}`);
    if ((await page.locator("main").getByRole("link", { name: title }).count()) > 0) return Date.now() - began;
  }
  throw new Error(`"${title}" is not found ${FOUND_WITHIN_MS} ms after it was published`);
}

export default async function participate({ base, person, input }) {
  const page = await person(input.width);
  const own = hand(page, input.keyboard);
  await page.goto(`${base}/it`);
  await own.type(page.getByRole("searchbox").first(), input.misspelt);
  await page.keyboard.press("Enter");
  const found = page.locator("main").getByRole("link", { name: new RegExp(input.finds, "i") }).first();
  await must(page, found, `something found by "${input.misspelt}"`);
  await own.press(found);
  await own.press(page.getByRole("link", { name: "Accedi per sostenere" }));
  await signIn(page, own, input);
  await must(page, page.getByRole("button", { name: "Sostieni", exact: true }), "the proposal, after signing in");
  const proposal = page.url();
  await support(page, own);
  await answer(page, own);
  await propose(page, own, input.title);
  return { proposal, found_ms: await foundAfter(page, base, input.title) };
}
