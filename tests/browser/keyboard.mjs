// What a person without a mouse does: Tab to a thing, see where the focus is, press a key.

const MOST_TABS = 200;

/** Presses Tab until the focus is on what `locator` names; fails when it cannot be reached or the focus cannot be seen. */
export async function tabTo(page, locator) {
  for (let presses = 0; presses < MOST_TABS; presses += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) {
      await mustBeVisible(page);
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`${locator} cannot be reached with ${MOST_TABS} presses of Tab`);
}

/** Tab to it and press Enter. */
export async function follow(page, locator) {
  await tabTo(page, locator);
  await page.keyboard.press("Enter");
}

/** Tab to it and type, as into a field. */
export async function write(page, locator, text) {
  await tabTo(page, locator);
  await page.keyboard.type(text);
}

async function mustBeVisible(page) {
  const shown = await page.evaluate(() => {
    const element = document.activeElement;
    const look = (node) => {
      const style = getComputedStyle(node);
      return `${style.outlineStyle} ${style.outlineWidth} ${style.boxShadow} ${style.borderColor}`;
    };
    const marks = [element, ...(element.labels ?? [])].map(look);
    const box = element.getBoundingClientRect();
    const marked = marks.some((mark) => !/^none \S+ none /.test(mark) && !/^\S+ 0px none /.test(mark));
    return marked && (box.width > 0 || element.labels?.length > 0);
  });
  if (!shown) throw new Error(`the focus cannot be seen on ${await page.evaluate(() => document.activeElement.outerHTML.slice(0, 200))}`);
}
