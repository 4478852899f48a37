// What is wrong with the layout of a page: text that is not shown, cut off, or above other text. Run beside the page
// by tests/it/html_report/browser.rs; comes to { texts, problems }.
(() => {
  const MOST = 20;
  const problems = [];
  const report = (what, text) => {
    if (problems.length < MOST) problems.push(`${what}: ${text.trim().slice(0, 80)}`);
  };
  const width = document.documentElement.clientWidth;
  const scrolled = document.documentElement.scrollWidth;
  if (scrolled > width) report('the page scrolls sideways', `${scrolled} of ${width} pixels`);

  // The nearest element that cuts off what is beyond it, and whether one can scroll there.
  const known = new Map([[document.documentElement, null]]);
  const clip = (element) => {
    if (!known.has(element)) {
      const overflow = getComputedStyle(element).overflowX;
      const isBox = overflow !== 'visible' && element !== document.body;
      const canScroll = overflow === 'auto' || overflow === 'scroll';
      known.set(element, isBox ? { box: element.getBoundingClientRect(), canScroll } : clip(element.parentElement));
    }
    return known.get(element);
  };

  const range = document.createRange();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const boxes = [];
  let texts = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data;
    const element = node.parentElement;
    // A printed page has nothing to click on.
    if (!text.trim() || (matchMedia('print').matches && element.closest('nav'))) continue;
    texts += 1;
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 0 && rect.height > 0);
    if (rects.length === 0 || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) {
      report('not shown', text);
    }
    const within = clip(element);
    for (const rect of rects) {
      if (rect.left < -1 || (!within && rect.right > width + 1)) report('beyond the page', text);
      if (within && !within.canScroll) {
        const { left, right, top, bottom } = within.box;
        const isCut = rect.left < left - 1 || rect.right > right + 1 || rect.top < top - 1 || rect.bottom > bottom + 1;
        if (isCut) report('cut off', text);
      }
      boxes.push({ rect, node });
    }
  }

  boxes.sort((a, b) => a.rect.top - b.rect.top);
  let open = [];
  for (const box of boxes) {
    open = open.filter((other) => other.rect.bottom > box.rect.top + 2);
    for (const other of open) {
      const across = Math.min(box.rect.right, other.rect.right) - Math.max(box.rect.left, other.rect.left);
      const down = Math.min(box.rect.bottom, other.rect.bottom) - box.rect.top;
      if (box.node !== other.node && across > 1 && down > 2) {
        report('above other text', `${box.node.data.trim().slice(0, 30)} / ${other.node.data.trim()}`);
      }
    }
    open.push(box);
  }
  return { texts, problems };
})()
