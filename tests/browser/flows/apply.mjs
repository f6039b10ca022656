// Applies for a call as somebody does whose browser runs no scripts: step by step, with more rows and a document, and hands
// in. On a phone, so that what is touched is what fits there.

export default async function apply({ base, person, input }) {
  const page = await person(390);
  const go = (name) => page.getByRole("button", { name, exact: true }).click();
  const fill = (label, text) => page.getByLabel(label, { exact: true }).fill(text);
  await page.goto(new URL(input.begin, base).href);
  await page.getByRole("link", { name: "Presenta un progetto", exact: true }).click();

  await fill("Titolo", input.title);
  await fill("In breve", "Alberi e panchine davanti alla scuola.");
  await fill("Il piano", "Si comincia in **marzo**.");
  await fill("Luogo", "Piazza Grande");
  await go("Salva e continua");

  await page.getByLabel("Chi siete").selectOption({ label: "Un’associazione" });
  await fill("Nome", "Associazione Ombra");
  await fill("Codice fiscale o partita IVA", input.body);
  await fill("Sede o indirizzo", "Via Verdi 1, Milano");
  await fill("Indirizzo e-mail", "ombra@example.org");
  await fill("Chi firma", "Maria Rossi");
  await fill("Codice fiscale di chi firma", input.person);
  await go("Salva e continua");
  await go("Salva e continua");

  const costs = page.getByRole("group", { name: "Spesa 4" });
  await go("Aggiungi righe per le spese");
  await costs.getByLabel("Per che cosa").fill("Alberi");
  await costs.getByLabel("Quanto, in euro").fill("30.000,50");
  await go("Salva e continua");

  await page.getByLabel("Scegli un’immagine").setInputFiles({
    name: "statuto.pdf",
    mimeType: "application/pdf",
    buffer: Buffer.from(input.document, "base64"),
  });
  await fill("Descrizione", "Lo statuto");
  await go("Carica il file");
  await page.getByRole("button", { name: "Rimuovi Lo statuto" }).waitFor();
  await go("Salva e continua");

  await page.getByText("30.000,50").first().waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  await go("Invia la domanda");
  await page.getByText("La domanda è inviata.").waitFor();
  return { wide, heading: await page.getByRole("heading", { level: 1 }).textContent(), address: page.url() };
}
