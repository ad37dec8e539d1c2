// The page: fetches what the phones show, turns the clock, and passes on what people do.

import { clockWords, Phone } from "./phone.js";

const POLL_MS = 500;
const TROUBLE = {
  no_words: "先写一句话",
  too_big: "图片太大，请选 5 MB 以内的",
  no_picture: "只能发 JPG 或 PNG 图片",
  no_answer: "机器人没有回应，消息没有送到",
  not_now: "现在做不到",
  no_sandbox: "沙盒没有回应",
};
const state = { version: "", phones: {}, now: 0, speed: 1, read: 0 };
const phones = [];
const toast = document.getElementById("toast");
const play = document.getElementById("play");

async function act(name, body) {
  if (name === "redraw") return drawPhones();
  try {
    const answer = await fetch(`/sandbox/api/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) say((await answer.json()).error);
  } catch {
    say("no_sandbox");
  }
  await refresh();
}

function say(name) {
  toast.textContent = TROUBLE[name] || TROUBLE.not_now;
  toast.hidden = false;
  clearTimeout(say.fading);
  say.fading = setTimeout(() => { toast.hidden = true; }, 2600);
}

async function refresh() {
  const answer = await fetch(`/sandbox/api/state?version=${encodeURIComponent(state.version)}`);
  Object.assign(state, await answer.json(), { read: performance.now() });
  if (!phones.length && state.panes) setTheStage();
  if (state.actor) followActor();
  drawPhones();
  document.getElementById("caption").textContent = state.caption;
  if (!state.actor) for (const phone of phones) phone.root.classList.remove("acting");
  play.textContent = state.playing ? "停止演示" : "演示一天";
  play.classList.toggle("playing", state.playing);
  for (const button of document.querySelectorAll("[data-speed]")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === state.speed));
  }
}

function setTheStage() {
  const stage = document.getElementById("stage");
  for (const setting of state.panes) {
    const phone = new Phone(setting, state.names, act);
    phones.push(phone);
    stage.append(phone.node);
  }
}

// Whoever acts in the scripted day gets a phone on the page, where one of theirs does not lie there yet.
function followActor() {
  const seat = phones.find((phone) => phone.person === state.actor) || phones.find((phone) => phone.people.includes(state.actor));
  if (seat && seat.person !== state.actor) seat.sit(state.actor);
  for (const phone of phones) phone.root.classList.toggle("acting", phone === seat);
}

function drawPhones() {
  if (!state.customers) return;
  for (const phone of phones) phone.draw(state);
}

function tick() {
  if (state.now) {
    const passed = ((performance.now() - state.read) / 1000) * state.speed;
    document.getElementById("clock").textContent = clockWords(state.now + passed, true);
  }
  requestAnimationFrame(tick);
}

async function poll() {
  try {
    await refresh();
  } catch {
    say("no_sandbox");
  }
  setTimeout(poll, POLL_MS);
}

for (const button of document.querySelectorAll("[data-speed]")) {
  button.addEventListener("click", () => act("speed", { speed: Number(button.dataset.speed) }));
}
play.addEventListener("click", () => act("play", {}));
poll();
tick();
