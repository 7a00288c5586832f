// The peer simdjson of bench.py: simdjson TASK FILE REPORT, for the tasks filter, group-by and openai. Writes the CPU and
// wall-clock seconds from when the file was loaded to REPORT.
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using namespace simdjson;

// Output gathers in blocks of 256 KiB.
static std::string out;

static void write(std::string_view text) {
  out.append(text);
  if (out.size() > 1 << 18) {
    fwrite(out.data(), 1, out.size(), stdout);
    out.clear();
  }
}

// The user's rating, or 0.
static double rating(ondemand::document_reference record) {
  double stars = 0;
  if (record["feedback"]["user_rating"].get_double().get(stars)) return 0;
  return stars;
}

// A string as it is spelled, escapes and quotes too.
static std::string_view spelling(simdjson_result<ondemand::value> value) {
  std::string_view token = value.raw_json_token();
  return token.substr(0, token.rfind('"') + 1);
}

struct Group {
  long count = 0, rated = 0;
  double total = 0;
  std::vector<int64_t> times;
};
static std::map<std::string, Group, std::less<>> groups;

static void add(ondemand::document_reference record) {
  std::string_view category = record["category"].get_string();
  auto found = groups.find(category);
  if (found == groups.end()) found = groups.emplace(category, Group()).first;
  Group &group = found->second;
  group.times.push_back(record["response_time_ms"].get_int64());
  group.count++;
  double stars = rating(record);
  if (stars > 0) {
    group.rated++;
    group.total += stars;
  }
}

static void print_groups() {
  for (auto &[category, group] : groups) {
    std::sort(group.times.begin(), group.times.end());
    size_t n = group.times.size();
    printf("{\"category\":\"%s\",\"n\":%ld,\"rated\":%ld,\"sum\":%.0f,\"p50\":%ld,\"p95\":%ld}\n", category.c_str(),
           group.count, group.rated, group.total, long(group.times[n / 2]), long(group.times[n * 95 / 100]));
  }
}

static void take(std::string_view task, ondemand::document_reference record, std::string_view source) {
  if (task == "filter") {
    double stars = rating(record);
    if (stars > 0 && stars <= 2) {
      write(source);
      write("\n");
    }
  } else if (task == "openai") {
    std::string_view prompt = spelling(record["user_prompt"]);
    std::string_view answer = spelling(record["ai_response"]);
    if (rating(record) >= 3.5) {
      write("{\"messages\":[{\"role\":\"user\",\"content\":");
      write(prompt);
      write("},{\"role\":\"assistant\",\"content\":");
      write(answer);
      write("}]}\n");
    }
  } else {
    add(record);
  }
}

int main(int, char **arguments) try {
  std::string_view task = arguments[1];
  padded_string json = padded_string::load(arguments[2]);
  auto start = std::chrono::steady_clock::now();
  clock_t cpu = clock();
  ondemand::parser parser;
  ondemand::document_stream records = parser.iterate_many(json);
  for (auto record = records.begin(); record != records.end(); ++record) {
    take(task, *record, record.source());
  }
  fwrite(out.data(), 1, out.size(), stdout);
  print_groups();
  fflush(stdout);
  std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  FILE *report = fopen(arguments[3], "w");
  fprintf(report, "%f %f\n", double(clock() - cpu) / CLOCKS_PER_SEC, wall.count());
  return fclose(report);
} catch (const std::exception &error) {
  fprintf(stderr, "simdjson: %s\n", error.what());
  return 1;
}
