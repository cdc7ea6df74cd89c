// The script of the page. It holds the key of the session, shows the views that
// the server renders, and sends the edits. It makes no HTML of its own from
// values: the server writes them as text.
"use strict";
const find = (query, from = document) => from.querySelector(query);
const all = (query, from = document) => [...from.querySelectorAll(query)];
const part = (kind, properties) => Object.assign(document.createElement(kind), properties);
const say = text => { find("#say").textContent = ""; find("#say").textContent = text; };

// The session. The token in the fragment is traded for a key, once. Another tab
// of this page, which has the key, is asked for it through a channel that only
// this origin hears.
const channel = new BroadcastChannel("awsjar");
let key = sessionStorage.getItem("key") || "";
channel.onmessage = event => { if (event.data === "key?" && key) channel.postMessage({ key }); };

const keep = found => { key = found; sessionStorage.setItem("key", key); return true; };

async function trade(token) {
  history.replaceState(null, "", "#/");
  const answer = await fetch("/session", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token }) });
  return answer.ok && keep((await answer.json()).key);
}

const ask = () => new Promise(done => {
  const other = new BroadcastChannel("awsjar");
  const finish = found => { other.close(); done(found && keep(found)); };
  other.onmessage = event => { if (event.data.key) finish(event.data.key); };
  other.postMessage("key?");
  setTimeout(() => finish(""), 500);
});

async function enter() {
  const token = location.hash.slice(1);
  const opened = token && !token.startsWith("/") && await trade(token);
  return opened || !!key || ask();
}

// begin shows the view of the address, once the page is open.
async function begin() {
  try { await enter() ? show(false) : lost(true); }
  catch { lost(false); }
}

const request = (path, options = {}) => fetch(path, { ...options, headers: { ...options.headers, Authorization: "Bearer " + key } });
const send = (path, body) => request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

// Parts of the page come as HTML in which the server has escaped all values.
const put = (place, html) => { place.innerHTML = html; };

// Views. Their addresses are fragments, so that back, reload and a second tab work.
const main = find("#main");
let shown = 0;

async function show(focus) {
  const turn = ++shown;
  const [, view, id] = location.hash.slice(1).split("/");
  const path = view === "state" ? "/state/" + id : view === "edit" ? "/state/" + id + "/edit" : "/overview";
  live.stop();
  setLive("starting", "reading");
  const answer = await request(path + (view === "state" && versions ? "?versions=" + versions : "")).catch(() => null);
  if (turn !== shown) return;
  if (!answer || answer.status === 401) return lost(answer);
  const text = await answer.text().catch(() => null);
  if (turn !== shown) return;
  if (text === null) return lost(false);
  put(main, text);
  if (!find("h1")) main.prepend(part("h1", { textContent: "This cannot be shown", tabIndex: -1 }));
  const section = find("section[data-view]");
  document.title = (find("h1")?.textContent.trim() || "awsjar") + " – awsjar";
  mark(view || "", id, section);
  if (answer.ok) views[section.dataset.view]?.(section);
  if (focus) { scrollTo(0, 0); find("h1").focus(); }
  if (!answer.ok) return setLive("stopped", "not read");
  live.start(section);
}

function lost(answer) {
  sessionStorage.removeItem("key");
  setLive("stopped", "stopped");
  main.replaceChildren(part("h1", { textContent: answer ? "This page is not open" : "awsjar ui has ended", tabIndex: -1 }),
    part("p", { textContent: answer ? "Open it with the address that awsjar ui printed. That works once; start awsjar ui again for another one." : "Start it again, and open the address that it prints." }));
  for (const { text, name } of drafts.values()) // which no view can show any more
    main.append(part("p", { textContent: `Your text for ${name}, which was not saved:` }), part("textarea", { value: text, readOnly: true, ariaLabel: "Your text for " + name, className: "rescued" }));
  find("h1").focus();
}

function mark(view, id, section) {
  const state = find("#to-state");
  if (section?.dataset.name) {
    state.hidden = false;
    state.textContent = section.dataset.name;
    state.hash = "#/state/" + id;
  }
  for (const [link, on] of [[find("#to-overview"), view === ""], [state, view !== ""]])
    on ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
}

// Live: events of the server, read by fetch because they need the key. A view
// that nobody sees has none.
const setLive = (state, text) => { find("#live").dataset.live = state; find("#live").textContent = text; };

const live = {
  control: null,
  pause: 10000, // milliseconds before it is tried again
  stop() { this.control?.abort(); this.control = null; },
  async start(section) {
    this.stop();
    if (document.hidden || !section) return;
    const control = this.control = new AbortController();
    const path = section.dataset.id ? "/state/" + section.dataset.id + "/events" : "/events?shown=" + encodeURIComponent(section.dataset.shown);
    try {
      const answer = await request(path, { signal: control.signal });
      if (!answer.ok) throw new Error(answer.status);
      setLive("live", "live");
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = ""; ;) {
        const { value, done } = await reader.read();
        if (done) throw new Error("ended");
        const events = (rest + value).split("\n\n");
        rest = events.pop();
        for (const event of events) hear(section, event);
      }
    } catch {
      if (control.signal.aborted) return;
      setLive("stopped", "stopped");
      setTimeout(() => { if (this.control === control) this.start(section); }, this.pause);
    }
  },
};
addEventListener("visibilitychange", () => document.hidden ? live.stop() : live.start(find("section[data-view]")));

function hear(section, text) {
  const kind = /^event: (.*)$/m.exec(text)?.[1], data = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] || "null");
  const note = find("#newer", section);
  if (kind === "failed") return setLive("stopped", "stopped: " + data.Text);
  setLive("live", "live, read at " + new Date().toISOString().slice(11, 19) + " UTC");
  if (kind === "changed" && note) note.hidden = false;
  if (kind !== "seen" || !note) return;
  if (data.revision === (section.begun || section.dataset).revision) { note.hidden = true; return; }
  const grown = data.size - section.dataset.size;
  find("#newer-text").textContent = data.deleted ? `The value was deleted. What you read stays until you ask.`
    : `A newer version was written at ${data.time}, ${grown < 0 ? "−" : "+"}${Math.abs(grown).toLocaleString("en")} bytes. ${section.begun ? "Saving will show both changes." : "What you read stays until you ask."}`;
  note.hidden = false;
}

// Ages tick; all else stays until it is asked for.
setInterval(() => all("time[data-age]").forEach(t => { t.textContent = age(new Date(t.dateTime)); }), 5000);
function age(then) {
  const seconds = Math.max(0, (Date.now() - then) / 1000);
  if (then.getUTCFullYear() < 2000) return "not known";
  if (seconds < 60) return Math.floor(seconds) + " s";
  if (seconds < 3600) return Math.floor(seconds / 60) + " min";
  return seconds < 48 * 3600 ? Math.floor(seconds / 3600) + " h" : Math.floor(seconds / 86400) + " days";
}

// What each view needs after it was shown.
let versions = "", wanted = "";
const views = {
  overview(section) {
    const filter = find("#filter", section);
    const apply = () => {
      for (const row of all("[data-name]", section)) row.hidden = !row.dataset.name.toLowerCase().includes(wanted);
      const count = all("tbody [data-name]:not([hidden])", section).length;
      find("#filtered", section).textContent = wanted ? count + " shown" : "";
    };
    filter.value = wanted; // as it was before another view
    filter.oninput = () => { wanted = filter.value.trim().toLowerCase(); apply(); };
    apply();
  },
  state(section) {
    tabs(section);
    point(section);
    for (const radio of all("[name=from],[name=to]", section)) radio.onchange = () => compare(section);
    for (const bar of all(".point", section)) bar.onclick = () => {
      const radio = all("[name=to]", section).find(r => r.value === bar.dataset.version);
      if (radio) { radio.checked = true; compare(section); }
    };
  },
};

// The editor. A text that was not saved stays as a draft until it is dropped.
const drafts = new Map();
const draftOf = section => drafts.get(section.dataset.id);
addEventListener("beforeunload", event => { if (drafts.size) event.preventDefault(); });

views.edit = section => {
  const area = find("#draft-text", section);
  if (!area) return;
  const old = draftOf(section);
  const begun = old || { text: area.value, base: section.dataset.absent === "true" ? null : area.value, revision: section.dataset.revision, name: section.dataset.name };
  if (old) { area.value = old.text; find("#draft", section).hidden = false; }
  const keepDraft = () => { if (area.value !== begun.base) drafts.set(section.dataset.id, begun); else drafts.delete(section.dataset.id); };
  let timer;
  const changed = () => {
    begun.text = area.value;
    keepDraft();
    number(area, 0);
    find("#save", section).disabled = true;
    clearTimeout(timer);
    timer = setTimeout(() => check(section, begun), 250);
  };
  area.oninput = () => { find("#outcome", section).replaceChildren(); changed(); }; // it was about another text
  area.onscroll = () => { find("#lines", section).scrollTop = area.scrollTop; };
  section.begun = begun;
  section.refresh = changed;
  number(area, 0);
  check(section, begun);
};

// number writes the numbers of the lines, and marks one. There may be 100,000, so
// it writes them only when they are others.
function number(area, wrong) {
  const place = find("#lines"), count = area.value.split("\n").length, is = count + " " + wrong;
  if (place.dataset.is !== is) {
    const from = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i + "\n").join("");
    const mark = part("b", { textContent: "▸" + wrong + "\n" });
    place.replaceChildren(...(wrong ? [from(1, wrong - 1), mark, from(wrong + 1, count)] : [from(1, count)]));
    place.dataset.is = is;
  }
  place.scrollTop = area.scrollTop;
}

async function check(section, begun) {
  const text = begun.text;
  try {
    const answer = await send(`/state/${section.dataset.id}/check`, { text, base: begun.base });
    if (text !== begun.text || !section.isConnected) return;
    if (!answer.ok) return problem(answer);
    verdict(section, await answer.json());
  } catch { unreached("The text was not checked."); }
}

function verdict(section, found) {
  const area = find("#draft-text", section), write = document.body.dataset.write === "true";
  find("#verdict").classList.toggle("wrong", !found.ok);
  find("#place").textContent = found.ok ? "" : `Line ${found.line}, column ${found.column}: `;
  find("#message").textContent = found.message;
  find("#go-there").hidden = found.ok;
  find("#go-there").onclick = () => { area.focus(); area.setSelectionRange(found.at, found.at); };
  area.setAttribute("aria-invalid", !found.ok);
  number(area, found.ok ? 0 : found.line);
  const same = found.ok && !found.changes.length;
  find("#touched").textContent = !found.ok ? "not known until it is valid" : found.changes.join(", ") || "none";
  find("#bytes").textContent = !found.ok ? "not known until it is valid" : found.bytes.toLocaleString("en") + " bytes" + (find("dd .bar") ? ", packed if they do not fit as they are" : "");
  find("#save").disabled = !write || !found.ok || same;
  find("#why").textContent = !write ? "Started read-only: saving needs --write." : !found.ok ? "Mend the line first." : same ? "Nothing has changed." : "Stored only if nobody wrote since.";
}

const outcome = () => find("#outcome") || find("#changes") || main;

// problem shows the error that the server rendered.
async function problem(answer) {
  const place = outcome();
  put(place, await answer.text());
  find("[role=alert]", place)?.scrollIntoView({ block: "nearest" });
}

// unreached says that awsjar ui gave no answer.
function unreached(text) {
  setLive("stopped", "stopped");
  const note = part("div", { className: "note broken", role: "alert", textContent: "No answer came from awsjar ui. " + text });
  outcome().replaceChildren(note);
  note.scrollIntoView({ block: "nearest" });
}

// stored goes on after a write: to the state, or to the conflict.
async function stored(answer, section) {
  if (!section.isConnected) { // another view is shown by now; a text that was not stored is still a draft
    if (answer.ok) drafts.delete(section.dataset.id);
    return say(answer.ok ? (await answer.json()).message : section.dataset.name + " was not saved");
  }
  if (answer.status === 409 && section.begun) {
    put(find("#outcome"), await answer.text());
    const heading = find("#conflict");
    if (heading) { heading.focus(); heading.scrollIntoView({ block: "nearest" }); }
    for (const radio of all("#outcome input")) radio.onchange = choose;
    return;
  }
  if (answer.status === 422) return verdict(section, await answer.json());
  if (!answer.ok) return problem(answer);
  const { saved, message } = await answer.json();
  say(message);
  if (!saved && section.begun) { find("#why").textContent = message; return; }
  drafts.delete(section.dataset.id);
  if (section.dataset.view === "edit") location.hash = "#/state/" + section.dataset.id;
  else show(true);
}

// choose counts the members of which a side is to be chosen.
function choose() {
  let left = 0;
  for (const row of all("[data-path]")) {
    const radio = find("input:checked", row), joined = find(".joined", row);
    if (!radio) { left++; continue; }
    joined.classList.remove("look");
    joined.replaceChildren(...[...radio.parentElement.childNodes].slice(2).map(n => n.cloneNode(true)));
  }
  find("#left").textContent = left ? left + " left to choose" : "Nothing left to choose";
  find("#save-joined").disabled = left > 0;
}

const theirs = () => all("[data-path]").filter(row => find("input:checked", row)?.value === "theirs").map(row => row.dataset.path);
const current = () => find("section[data-view]");

// write sends a change, once at a time. Meanwhile the text stays as it was sent.
async function write(button, path, body) {
  const section = current(), area = find("#draft-text", section);
  button.disabled = true;
  if (area) area.readOnly = true;
  try { await stored(await send(`/state/${section.dataset.id}/${path}`, body), section); }
  catch {
    const doubt = "The change may have been stored or not: look before you repeat it.";
    section.isConnected ? unreached(doubt) : say(doubt);
  }
  finally {
    if (area) area.readOnly = false;
    if (button.dataset.do !== "save") button.disabled = false;
    else if (drafts.has(section.dataset.id) && section.isConnected) section.refresh();
  }
}

const joining = section => ({ text: section.begun.text, base: section.begun.base, revision: find("[data-conflict]").dataset.conflict, theirs: theirs() });

// Tabs: arrows, Home and End move; there is one tab stop.
function tabs(section) {
  const list = all("[role=tab]", section);
  const pick = (tab, focus) => {
    for (const other of list) {
      other.setAttribute("aria-selected", other === tab);
      other.tabIndex = other === tab ? 0 : -1;
      find("#" + other.getAttribute("aria-controls")).hidden = other !== tab;
    }
    if (focus) tab.focus();
  };
  list.forEach((tab, i) => {
    tab.onclick = () => pick(tab);
    tab.onkeydown = event => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1 + list.length, Home: 0, End: list.length - 1 }[event.key];
      if (to !== undefined) { event.preventDefault(); pick(list[to % list.length], true); }
    };
  });
}

const chosen = (section, name) => find(`[name=${name}]:checked`, section)?.value;

// point marks the two versions in the picture.
function point(section) {
  const from = chosen(section, "from"), to = chosen(section, "to");
  for (const bar of all(".point", section)) {
    const is = { from: bar.dataset.version === from, to: bar.dataset.version === to };
    bar.classList.toggle("from", is.from);
    bar.classList.toggle("to", is.to);
    find(".tag", bar).textContent = is.to ? "to" : is.from ? "from" : "";
  }
}

async function compare(section) {
  const from = chosen(section, "from"), to = chosen(section, "to");
  if (from === undefined || to === undefined) return;
  point(section);
  const place = find("#changes", section);
  const query = new URLSearchParams({ from, to, revision: section.dataset.revision, versions: place.dataset.limit });
  const answer = await request(`/state/${section.dataset.id}/changes?${query}`).catch(() => null);
  const text = await answer?.text().catch(() => null);
  if (from !== chosen(section, "from") || to !== chosen(section, "to") || !section.isConnected) return; // two others are compared by now
  if (text == null) return unreached("The versions were not compared.");
  put(place, text);
  say(find(".bar-of-panel", place)?.textContent.trim().replace(/\s+/g, " ") || "");
}

// Buttons.
const actions = {
  reload: () => show(true),
  save(button) {
    const { text, base, revision } = current().begun;
    write(button, "save", { text, base, revision });
  },
  discard() { drafts.delete(current().dataset.id); location.hash = "#/state/" + current().dataset.id; },
  "save-joined": button => write(button, "save-joined", joining(current())),
  async "edit-joined"() {
    const section = current();
    const answer = await send(`/state/${section.dataset.id}/join`, joining(section)).catch(() => null);
    if (!answer) return unreached("The two were not merged.");
    if (!answer.ok) return stored(answer, section);
    const { text, base, revision } = await answer.json();
    Object.assign(section.begun, { base, revision });
    find("#draft-text").value = text;
    find("#outcome").replaceChildren();
    find("#newer").hidden = true; // it is in the text now
    section.refresh();
    find("#draft-text").focus();
  },
  "take-theirs"() { drafts.delete(current().dataset.id); show(true); },
  "ask-restore"() { find("#sure").hidden = false; find("#sure button").focus(); },
  "cancel-restore"() { find("#sure").hidden = true; find("[data-do=ask-restore]").focus(); },
  restore: button => write(button, "restore", { version: button.dataset.version, revision: current().dataset.revision }),
};
addEventListener("click", async event => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.do) return actions[button.dataset.do]?.(button);
  if (button.dataset.versions) {
    versions = button.dataset.versions;
    await show();
    return (find("[data-versions]") || find("#h-versions"))?.focus();
  }
  if (button.dataset.open) return all("#tree details details").forEach(d => { d.open = button.dataset.open === "true"; });
  if (button.dataset.copy === undefined) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    say("copied");
    button.textContent = "Copied";
  } catch {
    say("not copied");
    button.textContent = "Not copied";
  }
});
const root = document.documentElement;
if (sessionStorage.getItem("theme")) root.dataset.theme = sessionStorage.getItem("theme");
find("#theme").onclick = () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  sessionStorage.setItem("theme", root.dataset.theme);
};
// The fragment is the address of the view: the link to the content must not change it.
find(".skip").onclick = event => { event.preventDefault(); main.focus(); };
addEventListener("keydown", event => {
  const save = find("#save");
  if (event.key === "s" && (event.ctrlKey || event.metaKey) && save) { event.preventDefault(); save.click(); }
  const filter = find("#filter");
  if (event.key === "/" && filter && !/INPUT|TEXTAREA/.test(event.target.tagName)) { event.preventDefault(); filter.focus(); }
});

addEventListener("hashchange", () => {
  versions = "";
  if (key && /^#?(\/|$)/.test(location.hash)) show(true);
  else begin(); // somebody pasted the address with its token into this tab
});
begin();
