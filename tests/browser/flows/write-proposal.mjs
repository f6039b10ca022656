// Writes a proposal as somebody does whose browser runs no scripts: preview, a picture, a point on the map, publishing.
// On a phone, so that what is touched is what fits there.

export default async function writeProposal({ base, person, input }) {
  const page = await person(390);
  const go = (name) => page.getByRole("button", { name, exact: true }).click();
  await page.goto(new URL(input.begin, base).href);

  await page.getByLabel("Titolo").fill(input.title);
  await page.getByLabel("Testo", { exact: true }).fill("Alberi **grandi** davanti alla scuola.");
  await go("Vedi l’anteprima");
  await page.locator("#preview strong", { hasText: "grandi" }).waitFor();
  await go("Continua");

  await page.getByLabel("Tema").selectOption({ label: input.theme });
  await page.getByLabel("Scegli un’immagine").setInputFiles({
    name: "scuola.png",
    mimeType: "image/png",
    buffer: Buffer.from(input.picture, "base64"),
  });
  await page.getByLabel("Descrizione").fill("Il cortile senza un albero");
  await go("Carica il file");
  await page.getByRole("button", { name: "Rimuovi Il cortile senza un albero" }).waitFor();
  await go("Continua");

  await page.getByLabel("Municipio").selectOption({ label: input.district });
  await go("Avvicina la mappa");
  await page.getByRole("button", { name: "Mappa: tocca per segnare il punto" }).click({ position: { x: 160, y: 160 } });
  await page.getByText("Punto segnato").waitFor();
  const chosen = await page.getByLabel("Municipio").locator("option:checked").textContent();
  await go("Continua");

  await page.getByRole("img", { name: "Il cortile senza un albero" }).waitFor();
  await go("Pubblica la proposta");
  await page.getByText("La tua proposta è pubblica").waitFor();
  return { chosen, heading: await page.getByRole("heading", { level: 1 }).textContent(), address: page.url() };
}
