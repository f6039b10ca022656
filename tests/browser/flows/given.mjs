// A gift's own page, which knows that the money came though no message told it.

import { must } from "../letters.mjs";

export default async function given({ person, input }) {
  const page = await person(input.width);
  await page.goto(input.at);
  await must(page, page.getByRole("heading", { level: 1, name: "Grazie, la donazione è arrivata" }), "the thanks");
  await must(page, page.locator("main").getByText("37,50").first(), "the amount");
}
