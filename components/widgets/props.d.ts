// What Streamlit hands to a component's script, and what Python sends to each: for the type checker alone.

interface Mount<D> {
  data: D;
  key: string;
  parentElement: HTMLElement;
  setTriggerValue(name: string, value: unknown): void;
}

/** A component to be placed, as its stub says. over: it is not wanted any more; leave: ends it. */
interface Call {
  by: string;
  mount: Mount<any>;
  over?: boolean;
  leave?: () => void;
}

interface Code {
  begin: (mount: Mount<unknown>) => (() => void) | undefined;
  html: string;
  css: string;
}

/** What stands in a place: whose it is, its nodes, and how it ends. */
interface Mounted {
  by: string;
  nodes: ChildNode[];
  end?: () => void;
}

declare var weightLoomCalls: { push(call: Call): unknown } | undefined;
declare var weightLoom: {
  version: string;
  sources: Map<string, { js: string; html: string; css: string }>;
  codes: Map<string, Code>;
  stills: Map<string, object>;
  waiting: Set<Call>;
  mounted: WeakMap<object, Mounted>;
  newest: WeakMap<object, Call>;
};

interface Component<D> {
  update(data: D): void;
  destroy?(): void;
}

type Pair = [number, number];

/** One axis of a layer; taps[k] are the straight runs (start, stop, source, slope) of tap k. */
interface AxisProps {
  size: number;
  out: number;
  reach: number;
  taps: [number, number, number, number][][];
}

interface CardPicture {
  title: string;
  alt: string;
  src: string;
  shape: Pair;
  group: string;
  letter: string;
  values: string;
  ramp: string;
  low: string;
  high: string;
  rows: number;
  marks: number[][];
  dashed: number[][];
}

interface CardFact {
  name: string;
  text: string;
  exact: string;
  good: boolean | null;
}

interface CardProps {
  title: string;
  headline: string;
  note: string;
  pictures: CardPicture[];
  facts: CardFact[];
  colour: string;
  dashed: boolean;
}

interface CardsProps {
  cards: CardProps[];
  negative: string;
  positive: string;
}

interface DragProps {
  label: string;
  src: string;
  shape: Pair;
  stands_for: Pair;
  frame: Pair | null;
  at: Pair;
  wrap: boolean;
}

interface PickerProps {
  options: { id: string; title: string; src: string }[];
  chosen: string;
}

interface Web {
  title: string;
  headline: string;
  note: string;
  alt: string;
  size: Pair;
  shape: Pair;
  ins: (Pair | null)[];
  outs: Pair[];
  edges: [number, number, number][];
  colours: string[];
  names: string[];
  bands: [number, string][];
  steps: number;
}

interface SliderProps {
  label: string;
  value: number;
  low: number;
  high: number;
  marks: Record<string, number>;
}

interface BankKernel {
  channel: number;
  weights: number[];
  colours: string[];
  inks: string[];
}

interface NumberLimits {
  low: number;
  high: number;
  whole: boolean;
}

interface NumberProps extends NumberLimits {
  label: string;
  help: string;
  value: number;
  step: number;
  serial: number;
}

interface BankProps {
  channels: string[];
  L: number;
  outputs: (BankKernel | null)[][];
  biases: number[] | null;
  limits: NumberLimits;
  serial: number;
}

interface LayerOption {
  name: string;
  label: string;
  help: string;
  value: string;
  default: string | null;
  choices: string[];
  switch: boolean;
}

interface LayerProps {
  op: string;
  name: string;
  options: LayerOption[];
  volume: string;
  parameters: string;
  fault: string;
}

interface BuilderProps {
  rows: LayerProps[];
  kinds: { op: string; name: string }[];
  longest: number;
  refusal: string;
  undo: boolean;
  redo: boolean;
}

/** Sets of the channels, rows and columns that are there; `channels` is null for all: there may be millions. */
interface Box {
  channels: Set<number> | null;
  rows: Set<number>;
  cols: Set<number>;
}

/** A unit: the number of its layer, −1 for the input, and its channel, row and column. */
interface Unit {
  row: number;
  unit: number[];
}

interface VolumeRow {
  reads: number[];
  shape: number[];
  how: string;
  before?: number[];
  axes?: (AxisProps & { sources?: Int32Array[] })[];
  channels?: number[][] | { each: number; reads: number } | null;
}

interface VolumeCard {
  at: number;
  title: string;
  note: string;
  alt: string;
  src: string;
  shape: number[];
  shown: number;
  across: number;
  cells: Pair;
  size: Pair;
  text: string;
  classes: boolean;
}

interface VolumesProps {
  cards: VolumeCard[];
  rows: VolumeRow[];
  probabilities: { label: string; share: number; text: string }[];
  unit: number[];
  gap: number;
}

interface Tile {
  top: number;
  bottom: number;
  left: number;
  right: number;
  rows: number;
  cols: number;
  at: string;
  ink: string;
  picture?: HTMLCanvasElement;
  theme?: boolean;
}

interface LoomProps {
  image: { shape: [number, number, number]; levels: string };
  kernel: number[][];
  flip: boolean;
  bias: number;
  activation: "none" | "relu" | "abs" | "sigmoid" | "tanh";
  rows: AxisProps;
  cols: AxisProps;
  output: { shape: number[]; levels: string; high: number; signed: boolean };
  view: "conv" | "tiled" | "local" | "dense";
  views: { kind: string; name: string }[];
  neurons: number;
  cells: number;
  tiles: number;
  tile: Tile | null;
  period: number;
  zoom: number[];
  untied: number[][];
  notes: string[];
  drawing: boolean;
  wires: string;
  shrink: number;
  limits: { weight: Pair; copies: number };
  costs: { kind: string; name: string; parameters: string; why: string; side: number; exact: string }[];
  repeats: string;
  total: string;
  why: string;
  helps: Record<string, string>;
  moves: boolean;
  copies: { refused: string; stages: { name: string; sentence: string; parameters: number; connection: string; free: number; notes: string[]; maps: string }[] };
  faces: { transposed: string; im2col: string };
  tying: { stages: { name: string; view: "conv" | "tiled" | "local" | "dense"; counted: string; sentence: string; parameters: number }[]; rows: number; cols: number; filled: string; local: string; shared: string };
  names: string[];
  colours: string[];
  inks: string[];
  static: string;
  diverging: { light: string; dark: string };
  origin: string;
  scene: string;
  applied: number;
  still: string;
  parts: string[];
  acts: string[];
  letters: boolean;
}

interface LoomEdit {
  serial: number;
  changes: Record<string, unknown>;
}

/** What the visitor points at or has pinned: output (i, j), input (r, c), weight n, or cell (t, s) of the matrix; with `tap`, that product. */
interface Focus {
  kind: "output" | "input" | "weight" | "cell";
  i?: number;
  j?: number;
  r?: number;
  c?: number;
  n?: number;
  t?: number;
  s?: number;
  tap?: number;
}

/** One use of a weight that has a value of its own. */
interface UntiedCopy {
  t: number;
  s: number;
  i: number;
  j: number;
  k: number;
  l: number;
  r: number;
  c: number;
  value: number;
}

