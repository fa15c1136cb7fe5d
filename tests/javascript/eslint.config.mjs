import js from "@eslint/js";

export default [
  js.configs.recommended,
  {
    rules: {
      "no-undef": "off", // tsc knows the browser's names
      "no-unused-vars": ["error", { args: "after-used", argsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "object-shorthand": "error",
      "no-implicit-coercion": "error",
      "no-else-return": "error",
      complexity: ["error", 20],
      "max-params": ["error", 6],
      "max-lines-per-function": ["error", 45], // a screen
    },
  },
];
