(function () {
  'use strict';
  var tip = document.getElementById('tip');

  function show(mark) {
    var box = mark.getBoundingClientRect();
    tip.textContent = mark.getAttribute('data-t');
    tip.hidden = false;
    var left = box.left + box.width / 2 - tip.offsetWidth / 2;
    left = Math.max(6, Math.min(left, document.documentElement.clientWidth - tip.offsetWidth - 6));
    var top = box.top - tip.offsetHeight - 8;
    if (top < 0) {
      top = box.bottom + 8;
    }
    tip.style.left = left + window.scrollX + 'px';
    tip.style.top = top + window.scrollY + 'px';
  }

  function name(mark) {
    mark.setAttribute('role', 'img');
    mark.setAttribute('aria-label', mark.getAttribute('data-t'));
  }

  function hide() {
    tip.hidden = true;
  }

  function markOf(event) {
    return event.target.closest ? event.target.closest('.m') : null;
  }

  function onOver(event) {
    var mark = markOf(event);
    if (mark) {
      show(mark);
    } else {
      hide();
    }
  }

  function step(from, by) {
    var root = from.closest('svg, table');
    var marks = Array.prototype.slice.call(root.querySelectorAll('.m'));
    var at = marks.indexOf(from);
    var next = marks[Math.max(0, Math.min(marks.length - 1, by === 0 ? 0 : at + by))];
    if (by === Infinity) {
      next = marks[marks.length - 1];
    }
    from.setAttribute('tabindex', '-1');
    next.setAttribute('tabindex', '0');
    name(next);
    next.focus();
  }

  function onKey(event) {
    var mark = markOf(event);
    var by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: 0, End: Infinity };
    if (event.key === 'Escape') {
      hide();
    } else if (mark && Object.prototype.hasOwnProperty.call(by, event.key)) {
      event.preventDefault();
      step(mark, by[event.key]);
    }
  }

  document.querySelectorAll('.m[tabindex]').forEach(name);
  document.addEventListener('mouseover', onOver);
  document.addEventListener('focusin', onOver);
  document.addEventListener('focusout', hide);
  document.addEventListener('keydown', onKey);
  window.addEventListener('beforeprint', function () {
    document.querySelectorAll('details').forEach(function (d) { d.open = true; });
  });
}());
