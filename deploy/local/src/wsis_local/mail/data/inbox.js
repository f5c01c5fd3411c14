// The inbox page: lists, filters and shows messages through the catcher's JSON interface.
"use strict";

const PAGE = 50;
const REFRESH = 2000; // ms
const at = (id) => document.getElementById(id);
const form = at("search");
let limit = PAGE;
let shown = null; // id of the open message
let last = "";

// Not relative: the page's own address may hold the password, and fetch refuses such an address.
const api = (path, options) => fetch(`${location.origin}/api/messages${path}`, options);

const element = (tag, text, attributes = {}) => {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};

const when = (date) => new Date(date).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

async function refresh() {
  const query = new URLSearchParams({ limit });
  for (const [name, value] of new FormData(form)) if (value.trim()) query.set(name, value.trim());
  const filtered = query.size > 1;
  let answer;
  try {
    answer = await (await api(`?${query}`)).json();
  } catch {
    at("count").textContent = "The mail catcher does not answer.";
    last = "";
    return;
  }
  const now = JSON.stringify([answer.total, answer.messages.map((message) => message.id), shown, filtered]);
  if (now === last) return; // nothing to redraw: keeps the focus and the scroll position
  last = now;
  const noun = answer.total === 1 ? "message" : "messages";
  at("count").textContent = answer.total
    ? `${answer.total.toLocaleString()} ${noun}${filtered ? " found" : ""}`
    : filtered ? "No message matches." : "No mail yet.";
  at("more").hidden = answer.messages.length >= answer.total || limit >= 500;
  const focused = document.activeElement?.hash;
  at("list").replaceChildren(...answer.messages.map(entry));
  if (focused) at("list").querySelector(`a[href="${focused}"]`)?.focus();
}

function entry(message) {
  const link = element("a", "", { href: `#${message.id}` });
  if (message.id === shown) link.setAttribute("aria-current", "true");
  const line = element("span", "", { class: "line" });
  line.append(element("span", message.to.join(", "), { dir: "auto" }), element("time", when(message.date), { datetime: message.date }));
  link.append(line, element("span", message.subject || "(no subject)", { class: "subject", dir: "auto" }));
  const item = document.createElement("li");
  item.append(link);
  return item;
}

async function open() {
  shown = Number(location.hash.slice(1)) || null;
  const answer = shown && (await api(`/${shown}`));
  if (!answer?.ok) shown = null;
  at("message").hidden = !shown;
  at("hint").hidden = Boolean(shown);
  if (shown) fill(await answer.json());
  refresh();
}

function fill(message) {
  at("subject").textContent = message.subject || "(no subject)";
  at("envelope").replaceChildren(
    ...[["From", message.from], ["To", message.to.join(", ")], ["Taken", when(message.date)]].flatMap(([name, value]) => [
      element("dt", name), element("dd", value, { dir: "auto" }),
    ]),
  );
  at("raw").href = `/api/messages/${message.id}/raw`;
  // The frame's sandbox is empty: no script, no form, no navigation, an origin of its own.
  at("html").srcdoc = message.html ?? "";
  at("text").textContent = message.text ?? "";
  at("headers").replaceChildren(
    ...Object.entries(message.headers).map(([name, value]) => {
      const row = document.createElement("tr");
      row.append(element("th", name, { scope: "row" }), element("td", value, { dir: "auto" }));
      return row;
    }),
  );
  document.querySelector('[data-view="html"]').hidden = message.html === null;
  document.querySelector('[data-view="text"]').hidden = message.text === null;
  view(message.html !== null ? "html" : message.text !== null ? "text" : "headers");
}

function view(name) {
  for (const button of document.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === name));
    at(button.dataset.view).hidden = button.dataset.view !== name;
  }
}

for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => view(button.dataset.view));
form.addEventListener("input", () => { limit = PAGE; refresh(); });
form.addEventListener("submit", (event) => event.preventDefault());
at("more").addEventListener("click", () => { limit = Math.min(limit + 150, 500); refresh(); });
at("clear").addEventListener("click", async () => {
  if (!confirm("Delete all messages?")) return;
  await api("", { method: "DELETE" });
  location.hash = "";
  open();
});
addEventListener("hashchange", open);
setInterval(refresh, REFRESH);
open();
