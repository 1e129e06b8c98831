// What a style sheet that the site has, and no page loads, would change: the rules by which an
// element is computed in another way. A property of one's own does nothing by itself.
async (name) => {
  const link = document.createElement("link");
  await new Promise((done) => {
    Object.assign(link, { rel: "stylesheet", onload: done, href: `/_static/${name}` });
    document.head.append(link);
  });
  const rules = [...link.sheet.cssRules].filter((rule) => rule.selectorText);
  const computed = ({ selectorText, style }) =>
    [...document.querySelectorAll(selectorText.replace(/::?[-\w]+/g, ""))].map((each) =>
      [...style]
        .filter((property) => !property.startsWith("--"))
        .map((property) => `${property}: ${getComputedStyle(each)[property]}`),
    );
  const on = rules.map(computed);
  link.sheet.disabled = true;
  const off = rules.map(computed);
  link.remove();
  return {
    chosen: on.filter((found) => found.length).length,
    changed: rules.filter((_, at) => `${on[at]}` !== `${off[at]}`).map((rule) => rule.selectorText),
  };
};
