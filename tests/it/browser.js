// What a test wants to know of a report, written into it as JSON.
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const problems = window.problems;
  const check = (is_so, what) => { if (!is_so) problems.push(what); };

  // Drawings and their descriptions.
  const figures = all("figure");
  for (const figure of figures) {
    const name = figure.className + " " + figure.closest("section")?.id;
    const drawn = all("svg :is(path, rect, circle), td.cell, td.void", figure).filter((part) => {
      const box = part.getBoundingClientRect();
      return box.width + box.height > 0;
    });
    check(drawn.length > 0, `${name}: nothing is drawn`);
    for (const svg of all("svg", figure).filter((svg) => !svg.closest(".defs"))) {
      const told = svg.closest("[aria-label]")?.getAttribute("aria-label");
      check(told && told.trim().length > 3, `${name}: no alternative text`);
      const box = svg.getBoundingClientRect();
      check(box.width > 50 && box.height > 8, `${name}: ${box.width} x ${box.height}`);
    }
  }

  // Nothing is wider than the page, but in what scrolls by itself.
  const width = document.documentElement.clientWidth;
  check(document.documentElement.scrollWidth <= width, `the page is ${document.documentElement.scrollWidth} wide`);
  for (const part of all("body *")) {
    if (part.closest(".scroll, pre, svg, .tip, .defs, bdi")) continue;
    const box = part.getBoundingClientRect();
    check(box.right <= width + 1 && box.left >= -1, `${part.tagName}.${part.className} from ${box.left} to ${box.right}`);
  }

  // Labels of an axis stand clear of each other.
  for (const axis of all(".xaxis")) {
    const labels = all(".x", axis).map((label) => [label.getBoundingClientRect(), label.textContent]);
    const shown = labels.filter(([box]) => box.width > 0).sort(([one], [other]) => one.left - other.left);
    for (const [index, [box, text]] of shown.slice(1).entries()) {
      const [before, other] = shown[index];
      check(box.left >= before.right, `${axis.closest("section").id}: "${other}" and "${text}" overlap`);
    }
  }

  // Toggles.
  const toggles = all("[data-toggle]");
  let toggled = 0;
  for (const button of toggles.slice(0, 4)) {
    const parts = all(`[data-key="${button.dataset.toggle}"]`);
    button.click();
    check(parts.length > 0 && parts.every((part) => part.style.display === "none"), `${button.dataset.toggle} stays`);
    check(button.getAttribute("aria-pressed") === "false", "a toggle does not say so");
    button.click();
    check(parts.every((part) => part.style.display === ""), `${button.dataset.toggle} does not come back`);
    toggled += 1;
  }

  // Zoom on the shared time axis, values under the pointer, and the keyboard.
  let zoomed = 0;
  const tip = document.querySelector(".tip");
  for (const stack of all(".stack")) {
    const svgs = all(".plot > svg", stack);
    const views = () => svgs.map((svg) => svg.getAttribute("viewBox"));
    const whole = views();
    const plot = stack.querySelector(".plot");
    const box = plot.getBoundingClientRect();
    plot.setPointerCapture = () => {};
    const point = (type, part) => plot.dispatchEvent(new PointerEvent(type, {
      clientX: box.left + box.width * part, clientY: box.top + 20, button: 0, pointerType: "mouse", bubbles: true,
    }));
    point("pointermove", 0.5);
    check(!tip.hidden && /\d/.test(tip.textContent), "no value under the pointer");
    window.told = tip.textContent;
    point("pointerdown", 0.25);
    point("pointermove", 0.5);
    point("pointerup", 0.5);
    check(views().every((view, index) => view !== whole[index]), "a drag does not zoom all panels");
    check(new Set(views()).size === 1, "panels show different times");
    check(stack.querySelectorAll(".xaxis .x").length > 1, "no labels when zoomed");
    stack.querySelector(".reset").click();
    check(views().join() === whole.join(), "show all does not");
    for (const key of ["+", "ArrowRight", "0"]) {
      plot.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      check((key === "0") === (views().join() === whole.join()), `key ${key}`);
    }
    plot.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
    point("pointerleave", 0.5);
    check(tip.hidden, "the value stays");
    zoomed += 1;
  }

  // What tells of itself.
  const tellers = all("[data-tip]");
  for (const teller of tellers.slice(0, 3)) {
    teller.dispatchEvent(new PointerEvent("pointerenter", { clientX: 9, clientY: 9 }));
    check(!tip.hidden && tip.textContent === teller.dataset.tip, "a tip does not show");
    teller.dispatchEvent(new PointerEvent("pointerleave"));
  }

  // Contrast of text with its ground, by WCAG 2.
  const rgb = (color) => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luma = ([r, g, b]) => {
    const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ground = (part) => {
    for (let up = part; up; up = up.parentElement) {
      const color = rgb(getComputedStyle(up).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255];
  };
  const paper = ground(document.body);
  for (const selector of ["h1", ".method", ".ci", ".hint", ".mark", ".y", ".why", ".cost", "td.cell", "code", ".x"]) {
    for (const part of all(selector).slice(0, 40)) {
      const [one, other] = [luma(rgb(getComputedStyle(part).color)), luma(ground(part))];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      check(contrast >= 4.3, `${selector} "${part.textContent.slice(0, 20)}" has a contrast of ${contrast.toFixed(2)}`);
    }
  }

  parent.postMessage(JSON.stringify({
    width: innerWidth,
    problems: [...new Set(problems)].slice(0, 20),
    requests: performance.getEntriesByType("resource").map((entry) => entry.name),
    figures: figures.length,
    images: document.images.length,
    toggled,
    zoomed,
    tellers: tellers.length,
    paper,
    told: window.told ?? "",
    title: document.querySelector("h1").textContent,
  }), "*");
})();
