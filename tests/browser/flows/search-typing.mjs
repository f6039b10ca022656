// Results while typing: the box keeps the focus, the address follows, and whoever listens hears the number.
export default async function run({ base, person }) {
  const page = await person(390);
  await page.goto(`${base}/it/search`);
  const box = page.getByLabel("Che cosa cerchi?");
  await box.pressSequentially("alber", { delay: 20 });
  const mark = page.locator("#results mark").first();
  await mark.waitFor();
  await page.waitForFunction(() => document.getElementById("announcer").textContent !== "");
  return {
    marked: await mark.textContent(),
    title: await page.title(),
    address: new URL(page.url()).search,
    focused: await box.evaluate((element) => element === document.activeElement),
    typed: await box.inputValue(),
    said: await page.locator("#announcer").textContent(),
    shift: await page.evaluate(() => globalThis.arengoShift ?? 0),
  };
}
