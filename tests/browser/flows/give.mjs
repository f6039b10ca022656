// A gift on a phone: the campaign, the form, the provider's page where a card is refused and another is taken, and the way
// back to the gift's own page.

import { must } from "../letters.mjs";

/** A refused form is an answer with this status; the provider's page is another site, and shows its icon to nobody. */
export const expected = ["status of 422", "/pay/", "/favicon.ico", "status of 401"];

export default async function give({ base, person, input }) {
  const page = await person(input.width);
  await page.goto(`${base}/it/campaigns/${input.campaign}`);
  await page.getByRole("link", { name: "Dona", exact: true }).click();
  await page.locator("[name=amount_minor]").fill("dieci");
  await page.locator("[name=email]").fill(input.address);
  await page.locator("label[for=terms]").click();
  await page.getByRole("button", { name: "Continua al pagamento" }).click();
  const typed = await page.locator("[name=email]").inputValue();
  if (typed !== input.address) throw new Error(`the address is not as it was typed: ${typed}`);
  await page.locator("[name=amount_minor]").fill("37,50");
  await page.getByRole("button", { name: "Continua al pagamento" }).click();
  await must(page, page.getByRole("button", { name: /is declined/ }), "the provider's page");
  await page.getByRole("button", { name: /is declined/ }).click();
  await must(page, page.getByText("Your card was declined."), "the refusal");
  await page.getByRole("button", { name: /4242/ }).click();
  await page.waitForURL(/\/it\/donations\//);
  return { at: page.url() };
}
