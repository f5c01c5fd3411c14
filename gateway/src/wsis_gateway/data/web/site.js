// Nothing depends on this: every page works without a script.
const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

// A link of a mail carries what belongs into the form after its #, where no server and no history of others sees it:
// the id of a challenge and its code.
const fragment = location.hash.slice(1);
const fields = document.querySelectorAll("[data-fragment]");
if (/^[0-9a-f]{32}\.\d{6}$/.test(fragment) && fields.length) {
  const parts = fragment.split(".");
  fields.forEach((field) => { field.value = parts[field.dataset.fragment]; });
  document.querySelectorAll("[data-without-fragment]").forEach((part) => {
    part.hidden = true;
    part.querySelectorAll("input").forEach((field) => { field.disabled = true; });
  });
  history.replaceState(null, "", location.pathname + location.search);
}

// One press is one act; a page that comes back from the history may be pressed again.
document.addEventListener("submit", ({ target }) => {
  for (const button of target.querySelectorAll("button")) setTimeout(() => { button.disabled = true; });
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button")) button.disabled = false;
});

// What is left of a text with a limit.
for (const area of document.querySelectorAll("[data-longest]")) {
  const left = document.createElement("p");
  left.className = "note";
  left.setAttribute("role", "status");
  const count = () => { left.textContent = `${[...area.value].length} / ${area.dataset.longest}`; };
  area.after(left);
  area.addEventListener("input", count);
  count();
}

// A press elsewhere closes an open menu.
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("details.languages[open]")) if (!menu.contains(target)) menu.open = false;
});
