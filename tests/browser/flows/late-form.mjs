// A comment that is sent after its session has ended, and arrives all the same.
//
// Rule: the session ends as people end it, in another window; what was typed is typed once and never again.

import { readdir } from "node:fs/promises";
import { code, must } from "../letters.mjs";

/** The refusal of the late form is an answer with this status, and the browser notes it. */
export const expected = ["status of 401"];

async function askForCode(page, { letters, address }) {
  const before = new Set(await readdir(letters));
  await page.getByLabel("Indirizzo e-mail").fill(address);
  await page.getByRole("button", { name: "Inviami il codice" }).click();
  await page.getByLabel("Codice di sei cifre").fill(await code(letters, address, before));
  await page.locator("main").getByRole("button", { name: "Accedi" }).click();
}

export default async function lateForm({ base, person, input }) {
  const page = await person(input.width);
  await page.goto(`${base}/it/sign-in?return=/it/proposals`);
  await askForCode(page, input);
  await must(page, page.getByLabel("Nome pubblico"), "the choice of a name");
  await page.goto(`${base}/it/proposals`);
  await page.locator("main article").getByRole("link").first().click();
  await page.getByLabel("La tua posizione").selectOption({ label: "A favore" });
  await page.getByLabel("Il tuo commento").fill(input.comment);
  const other = await page.context().newPage();
  await other.goto(`${base}/it/me`);
  await other.getByRole("button", { name: "Esci" }).first().click();
  await other.waitForURL(/done=signed-out/);
  await other.close();
  await page.getByRole("button", { name: "Pubblica il commento" }).click();
  await must(page, page.getByRole("heading", { level: 1, name: "Il tuo testo è ancora qui" }), "the text, given back");
  await page.locator("main").getByRole("button", { name: "Accedi" }).click();
  await askForCode(page, input);
  await must(page, page.getByText("Ora puoi inviarlo"), "the form again");
  const typed = await page.getByLabel("Il tuo commento").inputValue();
  if (typed !== input.comment) throw new Error(`not as it was typed: ${typed}`);
  await page.getByRole("button", { name: "Invia", exact: true }).click();
  await must(page, page.locator("main").getByText(input.comment.split("\n")[0]), "the comment");
  return { at: page.url() };
}
