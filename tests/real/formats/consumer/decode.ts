// A decoder of mrt_transit_graph.json, written from the names of its fields alone, as an app would have it.

export type StepFree = "yes" | "no" | "unknown";

export interface Platform {
  platform_code: string | null;
  line: string;
  direction: string;
  line_code?: string;
  towards_code?: string;
  next_code?: string;
  station_code?: string;
}

export interface BusStop {
  code: string;
  description: string;
  services: string[];
}

export interface Exit {
  exit_code: string;
  lat: number;
  lng: number;
  platforms: Platform[];
  accessibility: string[];
  step_free: StepFree;
  bus_stops: BusStop[];
  nearby_landmarks: string[];
}

export interface Station {
  official_name: string;
  mrt_codes: string[];
  lines_served: string[];
  exits: Exit[];
}

type Fields = Record<string, unknown>;
type Decode<T> = (value: unknown, path: string) => T;

function fail(path: string, expected: string): never {
  throw new TypeError(`${path}: expected ${expected}`);
}

function fields(value: unknown, path: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(path, "an object");
  return value as Fields;
}

const text: Decode<string> = (value, path) => (typeof value === "string" ? value : fail(path, "a text"));

const number: Decode<number> = (value, path) =>
  typeof value === "number" && Number.isFinite(value) ? value : fail(path, "a number");

function list<T>(decode: Decode<T>): Decode<T[]> {
  return (value, path) =>
    Array.isArray(value) ? value.map((item, at) => decode(item, `${path}[${at}]`)) : fail(path, "a list");
}

/** Files of the earlier pipeline do not have these. */
function added<K extends string>(from: Fields, names: readonly K[], path: string): Partial<Record<K, string>> {
  const there = names.filter((name) => from[name] !== undefined);
  return Object.fromEntries(
    there.map((name) => [name, text(from[name], `${path}.${name}`)]),
  ) as Partial<Record<K, string>>;
}

const stepFree: Decode<StepFree> = (value, path) => {
  if (value === undefined) return "unknown";
  return value === "yes" || value === "no" || value === "unknown" ? value : fail(path, "yes, no or unknown");
};

const platform: Decode<Platform> = (value, path) => {
  const from = fields(value, path);
  return {
    platform_code: from.platform_code === null ? null : text(from.platform_code, `${path}.platform_code`),
    line: text(from.line, `${path}.line`),
    direction: text(from.direction, `${path}.direction`),
    ...added(from, ["line_code", "towards_code", "next_code", "station_code"] as const, path),
  };
};

const busStop: Decode<BusStop> = (value, path) => {
  const from = fields(value, path);
  return {
    code: text(from.code, `${path}.code`),
    description: text(from.description, `${path}.description`),
    services: list(text)(from.services, `${path}.services`),
  };
};

const exit: Decode<Exit> = (value, path) => {
  const from = fields(value, path);
  return {
    exit_code: text(from.exit_code, `${path}.exit_code`),
    lat: number(from.lat, `${path}.lat`),
    lng: number(from.lng, `${path}.lng`),
    platforms: list(platform)(from.platforms, `${path}.platforms`),
    accessibility: list(text)(from.accessibility, `${path}.accessibility`),
    step_free: stepFree(from.step_free, `${path}.step_free`),
    bus_stops: list(busStop)(from.bus_stops, `${path}.bus_stops`),
    nearby_landmarks: list(text)(from.nearby_landmarks, `${path}.nearby_landmarks`),
  };
};

const station: Decode<Station> = (value, path) => {
  const from = fields(value, path);
  return {
    official_name: text(from.official_name, `${path}.official_name`),
    mrt_codes: list(text)(from.mrt_codes, `${path}.mrt_codes`),
    lines_served: list(text)(from.lines_served, `${path}.lines_served`),
    exits: list(exit)(from.exits, `${path}.exits`),
  };
};

export function decode(content: string): Station[] {
  return list(station)(JSON.parse(content), "$");
}
