// What a script adds to pages that work without it: numbers that count down, a page that moves on by itself,
// questions that appear as soon as an answer calls for them.
"use strict";

// Counts an element down. Its text is seen; only the seconds named in data-announce are said aloud.
for (const element of document.querySelectorAll("[data-countdown]")) {
  const end = Date.now() + Number(element.dataset.countdown) * 1000;
  const aloud = (element.dataset.announce ?? "").split(" ").map(Number);
  const announcer = document.querySelector("[data-announcer]");
  let last = null;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    if (left !== last) {
      last = left;
      const text = element.dataset.text.replace("{n}", left);
      element.textContent = left === 0 ? (element.dataset.end ?? text) : text;
      if (announcer && aloud.includes(left)) announcer.textContent = text;
    }
    if (left === 0) clearInterval(timer);
  };
  const timer = setInterval(tick, 250);
  tick();
}

// Asks the server where the journey stands, and goes there when it is no longer here. A form asks by its own POST, for
// only a POST may take a step.
for (const element of document.querySelectorAll("[data-poll]")) {
  const form = element instanceof HTMLFormElement;
  const ask = async () => {
    try {
      const answer = await fetch(element.dataset.poll, {
        method: form ? "POST" : "GET",
        body: form ? new URLSearchParams(new FormData(element)) : undefined,
        headers: { accept: "text/plain" },
      });
      const place = answer.ok ? (await answer.text()).trim() : element.dataset.here;
      if (place !== element.dataset.here) return location.assign(place);
    } catch {
      // The network is away: ask again.
    }
    setTimeout(ask, 2000);
  };
  setTimeout(ask, 2000);
}

// Shows what is for later: help, when nothing has happened for a while.
for (const element of document.querySelectorAll("[data-after]")) {
  setTimeout(() => (element.hidden = false), Number(element.dataset.after) * 1000);
}

// Shows the questions that the answers call for: data-when="name=a|b name!=c" holds when any of its parts does.
// A box that answers force, data-forced-by, is ticked and locked, and gets its own tick back afterwards.
const questions = [...document.querySelectorAll("[data-when]")];
const forced = [...document.querySelectorAll("[data-forced-by]")];
const holds = (part) => {
  const [, name, sign, values] = part.match(/^(\w+)(!?=)(.*)$/);
  const chosen = document.querySelector(`input[name="${name}"]:checked`)?.value;
  return values.split("|").includes(chosen) === (sign === "=");
};
const show = () => {
  for (const box of forced) {
    const force = box.dataset.forcedBy.split(" ").every(holds);
    if (force && !box.disabled) box.dataset.own = box.checked;
    if (force) box.checked = true;
    else if (box.disabled) box.checked = box.dataset.own === "true";
    box.disabled = force;
  }
  for (const question of questions) {
    question.hidden = !question.dataset.when.split(" ").some(holds);
    question.disabled = question.hidden;
  }
};
if (questions.length > 0) {
  document.addEventListener("change", show);
  show();
}
