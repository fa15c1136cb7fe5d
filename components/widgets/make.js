const make = (tag, className = "", more = {}) => Object.assign(document.createElement(tag), { className }, more);
