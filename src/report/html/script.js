// Values under the pointer, zoom on the time axis, and toggles. Everything is there without it.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const tip = document.querySelector(".tip");

  // Numbers as the rest of the page writes them.
  const digits = (value) => {
    const size = Math.abs(value);
    const text = value.toFixed(size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2);
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  };
  const duration = (seconds) => {
    const size = Math.abs(seconds);
    if (seconds === 0) return "0 s";
    if (size < 1e-3) return digits(seconds * 1e6) + " µs";
    if (size < 1) return digits(seconds * 1e3) + " ms";
    if (size < 120) return digits(seconds) + " s";
    const whole = Math.round(seconds);
    const parts = [[Math.floor(whole / 3600), "h"], [Math.floor(whole / 60) % 60, "min"], [whole % 60, "s"]];
    return parts.filter(([count]) => count !== 0).map(([count, unit]) => `${count} ${unit}`).join(" ");
  };
  const share = (value) => {
    const missing = Math.abs(1 - value);
    const places = missing >= 0.01 || missing === 0 ? 2 : missing >= 0.0001 ? 3 : 5;
    return (value * 100).toFixed(places) + " %";
  };
  const write = {
    share,
    time: duration,
    per_s: (value) => digits(value) + "/s",
    number: digits,
  };
  const clock = (at, span) => {
    const whole = Math.round(at);
    const pad = (count) => String(count).padStart(2, "0");
    const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    return span >= 3600 ? `${h}:${pad(m)}:${pad(s)}` : `${m + 60 * h}:${pad(s)}`;
  };

  const place = (x, y) => {
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const left = x + 14 + width > innerWidth - 8 ? x - 14 - width : x + 14;
    tip.style.left = Math.max(6, Math.min(left, innerWidth - width - 6)) + "px";
    tip.style.top = Math.max(6, Math.min(y + 14, innerHeight - height - 6)) + "px";
  };
  const hide = () => { tip.hidden = true; };

  // What tells of itself.
  for (const thing of all("[data-tip]")) {
    const show = (x, y) => { tip.textContent = thing.dataset.tip; place(x, y); };
    thing.addEventListener("pointerenter", (event) => show(event.clientX, event.clientY));
    thing.addEventListener("pointermove", (event) => show(event.clientX, event.clientY));
    thing.addEventListener("pointerleave", hide);
    thing.addEventListener("focus", () => {
      const box = thing.getBoundingClientRect();
      show(box.left + box.width / 2, box.bottom - 10);
    });
    thing.addEventListener("blur", hide);
  }

  // What can be hidden, together in all pictures of a report.
  for (const button of all("[data-toggle]")) {
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") === "false";
      const key = button.dataset.toggle;
      for (const other of all("[data-toggle]").filter((b) => b.dataset.toggle === key)) {
        other.setAttribute("aria-pressed", String(shown));
      }
      for (const part of all("[data-key]").filter((p) => p.dataset.key === key)) {
        part.style.display = shown ? "" : "none";
      }
    });
  }

  for (const stack of all(".stack")) timed(stack);

  function timed(stack) {
    const time = JSON.parse(stack.querySelector("script.clock").textContent);
    const plots = all(".plot", stack);
    const series = plots.map((plot) => JSON.parse(plot.parentElement.querySelector("script.series").textContent));
    const svgs = plots.map((plot) => plot.querySelector("svg"));
    const axis = stack.querySelector(".xaxis");
    const ticks = axis.innerHTML;
    const reset = stack.querySelector(".reset");
    const crosses = plots.map((plot) => {
      const cross = document.createElement("div");
      cross.className = "cross";
      cross.hidden = true;
      plot.append(cross);
      return cross;
    });
    let view = [0, time.duration];
    let focus = null;

    const fraction = (plot, clientX) => {
      const box = plot.getBoundingClientRect();
      return Math.min(1, Math.max(0, (clientX - box.left) / box.width));
    };
    const at = (part) => view[0] + part * (view[1] - view[0]);
    const middle = (index) => {
      const start = time.starts[index];
      return (start + Math.min(start + time.window, time.duration)) / 2;
    };
    const nearest = (seconds) => {
      let best = 0;
      time.starts.forEach((_, index) => {
        if (Math.abs(middle(index) - seconds) < Math.abs(middle(best) - seconds)) best = index;
      });
      return best;
    };

    function zoom(from, to) {
      const least = Math.min(time.duration, time.window * 3);
      let width = Math.max(least, Math.min(time.duration, to - from));
      from = Math.max(0, Math.min(from, time.duration - width));
      view = [from, from + width];
      for (const svg of svgs) svg.setAttribute("viewBox", `${view[0]} 0 ${width} 1000`);
      const whole = width >= time.duration;
      reset.disabled = whole;
      if (whole) axis.innerHTML = ticks;
      else label(width);
      unmark();
    }

    function label(width) {
      axis.textContent = "";
      const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
      const room = Math.min(7, axis.clientWidth / 60);
      const step = steps.find((s) => width / s <= room) ?? 86400;
      for (let tick = Math.ceil(view[0] / step) * step; tick <= view[1]; tick += step) {
        const span = document.createElement("span");
        span.className = "x";
        span.style.left = ((tick - view[0]) / width) * 100 + "%";
        span.style.transform = "translateX(-50%)";
        span.textContent = clock(tick, time.duration);
        axis.append(span);
      }
    }

    function mark(plot, index, clientY) {
      focus = index;
      const part = (middle(index) - view[0]) / (view[1] - view[0]);
      if (part < 0 || part > 1) return unmark();
      for (const cross of crosses) {
        cross.hidden = false;
        cross.style.left = part * 100 + "%";
      }
      const number = plots.indexOf(plot);
      tip.textContent = "";
      const head = document.createElement("b");
      const end = Math.min(time.starts[index] + time.window, time.duration);
      head.textContent = `${clock(time.starts[index], time.duration)} – ${clock(end, time.duration)}`;
      const table = document.createElement("table");
      const hidden = new Set(all("[data-toggle][aria-pressed=false]", stack).map((b) => b.dataset.toggle));
      const shown = series[number].filter((one) => one.values[index] != null && !hidden.has(one.key));
      const rows = [...shown].reverse().slice(0, 14);
      for (const one of rows) {
        const row = table.insertRow();
        const swatch = document.createElement("i");
        swatch.style.cssText = one.style;
        if (one.style.includes("--ink")) swatch.style.background = "var(--paper)";
        row.insertCell().append(swatch);
        row.insertCell().textContent = one.name;
        row.insertCell().textContent = write[plot.dataset.unit](one.values[index]);
      }
      tip.append(head, table);
      if (shown.length > rows.length) tip.append(`and ${shown.length - rows.length} more`);
      const box = plot.getBoundingClientRect();
      place(box.left + part * box.width, clientY ?? box.top + box.height / 3);
    }

    function unmark() {
      for (const cross of crosses) cross.hidden = true;
      hide();
    }

    for (const plot of plots) {
      let origin = null;
      let band = null;
      plot.addEventListener("pointermove", (event) => {
        const part = fraction(plot, event.clientX);
        if (origin !== null) {
          band.style.left = Math.min(origin, part) * 100 + "%";
          band.style.width = Math.abs(part - origin) * 100 + "%";
        }
        mark(plot, nearest(at(part)), event.clientY);
      });
      plot.addEventListener("pointerleave", () => { if (origin === null) unmark(); });
      plot.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || event.pointerType === "touch") return;
        event.preventDefault();
        plot.setPointerCapture(event.pointerId);
        plot.focus({ preventScroll: true });
        origin = fraction(plot, event.clientX);
        band = document.createElement("div");
        band.className = "drag";
        plot.append(band);
      });
      const end = (event) => {
        if (origin === null) return;
        const part = fraction(plot, event.clientX);
        const [from, to] = [Math.min(origin, part), Math.max(origin, part)];
        origin = null;
        band.remove();
        if (event.type === "pointerup" && to - from > 0.01) zoom(at(from), at(to));
      };
      plot.addEventListener("pointerup", end);
      plot.addEventListener("pointercancel", end);
      plot.addEventListener("dblclick", () => zoom(0, time.duration));
      plot.addEventListener("blur", unmark);
      plot.addEventListener("keydown", (event) => {
        const width = view[1] - view[0];
        const here = focus === null ? at(0.5) : middle(focus);
        const keys = {
          ArrowLeft: () => mark(plot, Math.max(0, nearest(here) - 1)),
          ArrowRight: () => mark(plot, Math.min(time.starts.length - 1, nearest(here) + 1)),
          "+": () => zoom(here - width / 4, here + width / 4),
          "=": () => zoom(here - width / 4, here + width / 4),
          "-": () => zoom(here - width, here + width),
          "0": () => zoom(0, time.duration),
          Escape: () => zoom(0, time.duration),
        };
        if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        keys[event.key]();
      });
    }
    reset.addEventListener("click", () => zoom(0, time.duration));
  }
})();
