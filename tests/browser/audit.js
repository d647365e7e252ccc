// What is wrong with the page as it is drawn now, by rules of WCAG 2.2 that a program can check.
() => {
  const faults = [];
  const CONTRAST_MIN = 4.5;
  const TARGET_MIN = 44;
  const name = (element) => `<${element.tagName.toLowerCase()} ${element.id || element.className}>`;
  const isDrawn = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.id !== "status";

  if (document.documentElement.scrollWidth > innerWidth) faults.push(`scrolls sideways: ${document.documentElement.scrollWidth}`);
  if (document.querySelectorAll("h1").length !== 1) faults.push("there is not one h1");
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  if (new Set(ids).size !== ids.length) faults.push("an id stands twice");

  for (const control of document.querySelectorAll("input, select, button, a, [role=button]")) {
    if (!isDrawn(control) || control.matches(".skip")) continue;
    const labels = [...(control.labels ?? [])].map((label) => label.textContent).join("");
    const spoken = control.getAttribute("aria-label") || labels || control.textContent;
    if (!spoken.trim()) faults.push(`${name(control)} has no name`);
    const box = (control.type === "checkbox" ? control.labels[0] : control).getBoundingClientRect();
    if (box.height < TARGET_MIN || box.width < TARGET_MIN) faults.push(`${name(control)} is ${box.width} by ${box.height}`);
    const described = control.getAttribute("aria-describedby") ?? "";
    for (const id of described.split(" ").filter(Boolean)) if (!document.getElementById(id)) faults.push(`${id} describes nothing`);
  }

  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  function ground(element) {
    for (let at = element; at; at = at.parentElement) {
      const [red, green, blue, alpha = 1] = channels(getComputedStyle(at).backgroundColor);
      if (alpha > 0) return [red, green, blue];
    }
    return [255, 255, 255];
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement: element, data } = texts.currentNode;
    if (!data.trim() || !isDrawn(element) || element.matches(".skip")) continue;
    const [light, dark] = [luminance(channels(getComputedStyle(element).color)), luminance(ground(element))].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < CONTRAST_MIN) faults.push(`"${data.trim()}" has a contrast of ${contrast.toFixed(2)}`);
  }
  return faults;
}
