// What the looks at a page share. No module: Playwright evaluates this text in the page.
"use strict";

const WINDOW = document.documentElement;

/** What Tab may come to, shown or not. */
const STOPS = [
  ...["a[href]", "area[href]", "button", "input:not([type=hidden])", "select", "textarea"],
  ...["summary", "iframe", "object", "audio[controls]", "video[controls]", "[tabindex]"],
  "[contenteditable]:not([contenteditable=false])",
].join();

/** What draws something in a picture, beside words. */
const SHAPES = "rect, circle, ellipse, line, polyline, polygon, path";

/** How a finding names an element: its way from the nearest id, its kind, some of its words. */
const named = (element) => {
  const kind = element.localName + [...element.classList].map((each) => `.${each}`).join("");
  if (element.id) return `${kind}#${element.id}`;
  const around = element.parentElement?.closest("[id], [class]");
  const place = around ? `${around.localName}.${[...around.classList].join(".")} ` : "";
  const words = element.getAttribute("aria-label") || element.textContent.trim();
  return `${place}${kind} "${words.replace(/\s+/g, " ").slice(0, 30)}"`;
};

/** Whether an element can be seen: one for screen readers alone cannot. */
const seen = (element) => {
  if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
  const { width, height } = element.getBoundingClientRect();
  const { clip, clipPath } = getComputedStyle(element);
  const cut = clip.startsWith("rect(0px, 0px") || clip.startsWith("rect(1px, 1px");
  return width > 1 && height > 1 && !cut && clipPath !== "inset(50%)";
};

/** The elements that are told to a reader: not below something that is hidden or for ears only. */
const visible = (selector) => [...document.querySelectorAll(selector)].filter(seen);

/** What shows a control: the control, or its label where only the label can be seen. */
const face = (control) =>
  seen(control) ? control : ([...(control.labels ?? [])].find(seen) ?? control);

/** Whether Tab comes to it; Chromium adds boxes that scroll, and of radio buttons one a group. */
const reachable = (element) =>
  element.tabIndex >= 0 &&
  !element.disabled &&
  !element.closest("[inert]") &&
  element.checkVisibility({ visibilityProperty: true }) &&
  !(
    element.type === "radio" &&
    !element.checked &&
    element.form === null &&
    document.querySelector(`input[name="${CSS.escape(element.name)}"]:checked`)
  );

const channels = (color) => {
  const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
  return { red, green, blue, alpha };
};

const over = (front, back) => {
  const mix = (name) => front[name] * front.alpha + back[name] * (1 - front.alpha);
  return { red: mix("red"), green: mix("green"), blue: mix("blue"), alpha: 1 };
};

/**
 * The colour behind an element, its own included where asked; pictures are not looked into.
 * A look that asks for many elements, while none changes, gives a Map of what it knows.
 */
const behind = (element, own, known = new Map()) => {
  return ground(own ? element : element.parentElement);

  function ground(each) {
    if (!known.has(each)) known.set(each, each ? layers(each) : canvas());
    return known.get(each);
  }

  function layers(each) {
    const layer = channels(getComputedStyle(each).backgroundColor);
    return layer.alpha === 1 ? layer : over(layer, ground(each.parentElement));
  }

  function canvas() {
    const shade = matchMedia("(prefers-color-scheme: dark)").matches ? 18 : 255;
    return { red: shade, green: shade, blue: shade, alpha: 1 };
  }
};

const luminance = ({ red, green, blue }) => {
  const [r, g, b] = [red, green, blue].map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** The contrast of two colours, as WCAG 2 reckons it: 1 to 21. */
const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};
