/** A value's own markup, of which nothing can run, ask another host or meet the page's ids. */
import DOMPurify from "dompurify";

const TAGS = [
  // HTML
  ..."a abbr b bdi bdo br button caption code col colgroup dd del details dfn div dl dt".split(" "),
  ..."em fieldset figcaption figure h2 h3 h4 h5 h6 hr i input ins kbd label legend li".split(" "),
  ..."mark ol p pre q rp rt ruby s samp section small span strong sub summary sup".split(" "),
  ..."table tbody td tfoot th thead time tr u ul var wbr".split(" "),
  // SVG
  ..."circle clippath defs desc ellipse g line lineargradient marker mask path".split(" "),
  ..."pattern polygon polyline radialgradient rect stop svg symbol text textpath".split(" "),
  ..."title tspan #text".split(" "),
];

// Whatever asks for something: of these, pictures need none but links to their own parts.
const ADDRESSES = new Set(["href", "xlink:href"]);
const FORBIDDEN = [
  ..."action background cite data dynsrc formaction longdesc lowsrc ping poster".split(" "),
  ..."src srcset style form formtarget target download is slot part nonce".split(" "),
  ..."autofocus accesskey".split(" "),
];
const SCHEME = /(?:https?|ftp|wss?|data|javascript|vbscript|file|blob|filesystem|about):/i;
const OWN_URL = /url\(\s*(["']?)#([^)"']*)\1\s*\)/g;
const FOREIGN_URL = /url\((?!\s*["']?#)/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: browsers ignore them in an address
const BLANKS = /[\u0000-\u0020\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f\u3000\ufeff]/g;

const LINE = "data-line"; // which lines.js reads: a line of the cell
const NAMESPACE = "http://www.w3.org/2000/svg"; // a name, which nobody fetches

const INPUTS = new Set(["radio", "checkbox"]);
const REFERENCES = [
  ..."for headers list popovertarget anchor".split(" "),
  ..."aria-activedescendant aria-controls aria-describedby aria-details".split(" "),
  ..."aria-errormessage aria-flowto aria-labelledby aria-owns".split(" "),
];

const purifier = DOMPurify();
purifier.addHook("uponSanitizeAttribute", (_, data) => {
  if (data.attrName === "xmlns") {
    data.keepAttr = data.attrValue === NAMESPACE;
    return;
  }
  if (data.attrName === LINE) {
    data.keepAttr = /^\d+$/.test(data.attrValue);
    return;
  }
  const value = data.attrValue.replace(BLANKS, "");
  const own = !ADDRESSES.has(data.attrName) || value.startsWith("#");
  if (!own || SCHEME.test(value) || FOREIGN_URL.test(value)) data.keepAttr = false;
});

/**
 * @param {string} markup from Python: whatever a reader's cell gave
 * @param {string} prefix for its ids and what refers to them
 * @returns {DocumentFragment}
 */
export function picture(markup, prefix) {
  const content = purifier.sanitize(markup, {
    ALLOWED_TAGS: TAGS,
    FORBID_ATTR: FORBIDDEN,
    ALLOW_DATA_ATTR: false,
    ADD_ATTR: ["popover", "popovertarget", "popovertargetaction", "xmlns", LINE],
    ADD_URI_SAFE_ATTR: ["xmlns"], // the hook above is stricter
    RETURN_DOM_FRAGMENT: true,
    // Names that would hide a property of the document get a prefix here, like all others.
    SANITIZE_DOM: false,
  });
  for (const input of content.querySelectorAll("input")) {
    if (!INPUTS.has(input.type)) input.remove();
  }
  for (const each of content.querySelectorAll("button")) each.type = "button";
  return prefixed(content, prefix);
}

/** Put a prefix before each id, and wherever one of them is referred to. */
function prefixed(content, prefix) {
  const all = [...content.querySelectorAll("*")];
  const ids = new Set(all.map((each) => each.id).filter(Boolean));
  const renamed = (id) => (ids.has(id) ? `${prefix}-${id}` : id);
  for (const each of all) {
    for (const { name, value } of [...each.attributes]) {
      const changed = rename(name, value, renamed, prefix);
      if (changed !== value) each.setAttribute(name, changed);
    }
  }
  // A button that changes its group loses its choice.
  for (const input of content.querySelectorAll("input")) input.checked = input.defaultChecked;
  return content;
}

function rename(name, value, renamed, prefix) {
  if (name === "id") return renamed(value);
  if (name === "name") return `${prefix}-${value}`;
  if (REFERENCES.includes(name)) return value.split(/\s+/).map(renamed).join(" ");
  if (ADDRESSES.has(name)) return `#${renamed(value.slice(1))}`;
  return value.replace(OWN_URL, (_, _quote, id) => `url(#${renamed(id)})`);
}
