// Nothing depends on this: every page works without a script.
const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

// A link of a mail carries what belongs into the form after its #, where no server and no history of others sees it:
// an id and the code or key that belongs to it, or a token of both.
const fragment = location.hash.slice(1);
const fields = document.querySelectorAll("[data-fragment]");
if (/^(?:[0-9a-f]{32}|[a-z2-7]{26})\.[\w-]{6,200}$/.test(fragment) && fields.length) {
  const parts = fragment.split(".");
  fields.forEach((field) => { field.value = parts[field.dataset.fragment] ?? fragment; });
  document.querySelectorAll("[data-without-fragment]").forEach((part) => {
    part.hidden = true;
    part.querySelectorAll("input").forEach((field) => { field.disabled = true; });
  });
  document.querySelectorAll("[data-filled]").forEach((part) => { part.hidden = true; });
  history.replaceState(null, "", location.pathname + location.search);
}

// A proof of work that a form needs, as ALTCHA solves one: a number whose derived key begins as the challenge says.
const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
async function solve({ parameters, signature }) {
  const { cost, keyLength, keyPrefix, nonce, salt } = parameters;
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  const password = new Uint8Array([...bytes(nonce), 0, 0, 0, 0]);
  const last = new DataView(password.buffer, password.length - 4);
  const began = performance.now();
  for (let counter = 0; ; counter += 1) {
    last.setUint32(0, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hex(await crypto.subtle.deriveBits(derivation, key, 8 * keyLength));
    if (!derivedKey.startsWith(keyPrefix)) continue;
    const solution = { counter, derivedKey, time: Math.round(performance.now() - began) };
    return btoa(JSON.stringify({ challenge: { parameters, signature }, solution }));
  }
}
for (const note of document.querySelectorAll("[data-challenge]")) {
  const form = note.closest("form");
  const field = form.elements.challenge;
  const byHand = note.textContent;
  const solved = fetch(note.dataset.challenge).then((response) => response.json()).then(solve).then((solution) => {
    field.value = solution;
    note.textContent = note.dataset.solved;
  }).catch(() => { note.textContent = byHand; });
  note.textContent = note.dataset.solving;
  form.addEventListener("submit", (event) => {
    if (field.value) return;
    event.preventDefault();
    solved.then(() => form.submit()); // without a solution the form comes back, and says what to do
  });
}

// Words, as they are typed. A pause first: a screen reader says each number.
for (const note of document.querySelectorAll("[data-words]")) {
  const field = document.getElementById(note.dataset.of);
  let later;
  import(note.dataset.words).then(({ wordCount }) => {
    const show = () => { note.textContent = `${note.dataset.text} ${wordCount(field.value).toLocaleString(document.documentElement.lang)}`; };
    field.addEventListener("input", () => { clearTimeout(later); later = setTimeout(show, 500); });
  }).catch(() => {}); // what was saved is counted by the server
}

// One press is one act; a page that comes back from the history may be pressed again.
document.addEventListener("submit", ({ target }) => {
  for (const button of target.querySelectorAll("button")) setTimeout(() => { button.disabled = true; });
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button")) button.disabled = false;
});

function dress(root) {
  // What is left of a text with a limit.
  for (const area of root.querySelectorAll("[data-longest]")) {
    const left = document.createElement("p");
    left.className = "note";
    left.setAttribute("role", "status");
    const count = () => { left.textContent = `${[...area.value].length} / ${area.dataset.longest}`; };
    area.after(left);
    area.addEventListener("input", count);
    count();
  }
  // A file that is too large is not sent for nothing.
  for (const field of root.querySelectorAll("[data-most]")) {
    const wrong = document.createElement("p");
    wrong.className = "wrong";
    wrong.setAttribute("role", "status");
    field.before(wrong);
    field.addEventListener("change", () => {
      const large = [...field.files].some((file) => file.size > Number(field.dataset.most));
      wrong.textContent = large ? field.dataset.tooLarge : "";
      if (large) field.value = "";
    });
  }
}
dress(document);

// A page that follows what changes: it is told so, and takes in its own new copy, at most every few seconds. The place of
// the reader stays; while somebody types, or wants a pause, it says that there are news.
const live = document.querySelector("[data-live]");
if (live && window.EventSource) {
  const main = document.querySelector("#main");
  const status = live.querySelector("[role=status]");
  const pause = live.querySelector("input");
  const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });
  const typed = () => [...main.querySelectorAll("input, textarea, select")].some((field) => field !== pause
    && (field === document.activeElement || field.value !== (field.defaultValue ?? field.value) || field.checked !== (field.defaultChecked ?? field.checked)));
  const say = (text) => { if (status.textContent !== text) status.textContent = text; };
  let newest = live.dataset.seen;
  let renewing = false;
  let source;
  async function renew() {
    if (renewing) return;
    renewing = true;
    for (let tries = 0; newest !== live.dataset.seen && tries < 5; tries += 1) { // another process may hear of it later
      if (pause.checked || typed()) { say(live.dataset.news); break; }
      const answer = await fetch(location.href).catch(() => null);
      const page = answer?.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
      const next = page?.querySelector("[data-live]");
      if (!page || typed()) { say(live.dataset.news); break; }
      const focused = document.activeElement?.id;
      const open = [...main.querySelectorAll("details")].map((part) => part.open);
      live.dataset.seen = next ? next.dataset.seen : newest; // what has ended is followed no more
      const fresh = [...page.querySelector("#main").childNodes].filter((part) => part !== next);
      for (const part of [...main.childNodes]) if (part !== live) part.remove();
      live.before(...fresh);
      dress(main);
      main.querySelectorAll("details").forEach((part, at) => { part.open = open[at] ?? part.open; });
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
      if (!next) { source.close(); live.remove(); break; }
      say(source.readyState === EventSource.CLOSED ? live.dataset.lost : live.dataset.text);
      await wait(3000);
    }
    renewing = false;
  }
  live.querySelector("label").hidden = false;
  pause.addEventListener("change", renew);
  main.addEventListener("focusout", () => setTimeout(renew));
  function follow() {
    source = new EventSource(live.dataset.live);
    source.addEventListener("open", () => say(newest === live.dataset.seen ? live.dataset.text : live.dataset.news));
    source.addEventListener("message", ({ lastEventId }) => { newest = lastEventId; renew(); });
    source.addEventListener("error", () => { // a browser tries again by itself, but not after a refusal
      if (source.readyState !== EventSource.CLOSED) return;
      say(live.dataset.lost);
      setTimeout(follow, 20000 + 20000 * Math.random());
    });
  }
  follow();
  say(live.dataset.text);
}

// A press elsewhere closes an open menu.
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("details.languages[open]")) if (!menu.contains(target)) menu.open = false;
});
