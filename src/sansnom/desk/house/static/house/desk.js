// The desk's one script. Every page works without it: it keeps drafts, adds keys, and moves the focus to what is wrong.
"use strict";

const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

// ---------------------------------------------------------------------------------------------------- drafts
const SECRET = /password|passphrase|csrf|code|secret|^draft$/i;

function fieldsOf(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !SECRET.test(name));
}

async function keep(form, extra) {
  const body = new URLSearchParams({ form: form.elements.draft.value, csrfmiddlewaretoken: token(), ...extra });
  const answer = await fetch("/draft/", { method: "POST", body, keepalive: body.toString().length < 60000, redirect: "manual" });
  if (answer.status !== 204) throw new Error("not kept");
}

function fill(form, pairs) {
  const told = new Map();
  for (const [name, value] of pairs) told.set(name, [...(told.get(name) ?? []), value]);
  for (const element of form.elements) {
    if (!element.name || SECRET.test(element.name) || element.type === "hidden" || element.type === "file") continue;
    const values = told.get(element.name) ?? [];
    if (element.type === "checkbox" || element.type === "radio") element.checked = values.includes(element.value);
    else if (element.tagName === "SELECT" && element.multiple) for (const option of element.options) option.selected = values.includes(option.value);
    else if (values.length) element.value = values.shift();
  }
}

for (const form of document.querySelectorAll("form:has(> [name=draft], [name=draft])")) {
  const status = form.querySelector(".kept");
  let waiting = null, sent = false, last = JSON.stringify(fieldsOf(form));
  const store = async () => {
    waiting = null;
    const fields = JSON.stringify(fieldsOf(form));
    if (sent || fields === last) return;
    try {
      await keep(form, { fields });
      last = fields;
      if (status) { status.textContent = status.dataset.saved; status.classList.remove("errorlist"); }
    } catch {
      if (status) { status.textContent = status.dataset.unsaved; status.classList.add("errorlist"); }
      waiting = setTimeout(store, 5000);
    }
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(store, 900); });
  form.addEventListener("change", () => { clearTimeout(waiting); waiting = setTimeout(store, 200); });
  form.addEventListener("submit", () => { sent = true; clearTimeout(waiting); });
  addEventListener("pagehide", () => { if (waiting) store(); });
  const kept = form.querySelector(".draft");
  kept?.querySelector("[data-restore]")?.addEventListener("click", () => {
    fill(form, JSON.parse(kept.querySelector("script").textContent));
    kept.remove();
    form.querySelector("input:not([type=hidden]), textarea, select")?.focus();
    form.dispatchEvent(new Event("restored", { bubbles: true }));
  });
  kept?.querySelector("[data-forget]")?.addEventListener("click", () => { keep(form, { forget: "1" }).catch(() => {}); kept.remove(); });
}

// ---------------------------------------------------------------------------------------------------- keys
const dialog = document.getElementById("keys");
document.querySelector("[data-opens=keys]")?.addEventListener("click", (event) => {
  if (dialog?.showModal) { event.preventDefault(); dialog.showModal(); }
});

let going = 0;
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.form) { event.target.form.requestSubmit(); return; }
  if (document.body.dataset.shortcuts !== "on" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || dialog?.open) return;
  const press = (element) => { if (!element) return; event.preventDefault(); element.matches("input, textarea, select") ? element.focus() : element.click(); };
  if (event.key === "?") { event.preventDefault(); dialog?.showModal(); return; }
  if (event.key === "/") { press(document.querySelector("[data-find], input[type=search]")); return; }
  if (event.key === "g") { going = Date.now(); return; }
  if (/^[a-z]$/.test(event.key)) {
    const letter = event.key;
    if (Date.now() - going < 1500) { going = 0; press(document.querySelector(`[data-go="${letter}"]`)); return; }
    press(document.querySelector(`[data-key="${letter}"]`));
  }
});

// ---------------------------------------------------------------------------------------------------- focus, print
document.querySelector("[data-focus]")?.focus();
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
