package io.leadroutes.cli;

import io.leadroutes.settings.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.model.RouteDefinition;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The route templates of a start, and the files that make routes of them. Camel takes a parameter
 * that a template does not have without a word, and names no file where one is missing.
 */
final class RouteTemplates {

  private final RouteFiles files;

  /** Parameters by the template's id, each with whether it must be given. */
  private final Map<String, Map<String, Boolean>> templates = new TreeMap<>();

  private final List<String> mistakes = new ArrayList<>();

  private RouteTemplates(RouteFiles files) {
    this.files = files;
  }

  /**
   * What is wrong with the files of {@code ./routes} that use a template; a sentence each. What is
   * no YAML is left to Camel.
   */
  static List<String> mistakes(RouteFiles files) {
    RouteTemplates all = new RouteTemplates(files);
    files.names().forEach(name -> all.parts(name, "routeTemplate").forEach(all::declare));
    files.own().forEach(name -> all.parts(name, "templatedRoute").forEach(r -> all.check(name, r)));
    return all.mistakes;
  }

  /** Names of the parameters that templates in this file declare. */
  static List<String> parameters(RouteFiles files, String file) {
    return new RouteTemplates(files)
        .parts(file, "routeTemplate").stream()
            .flatMap(t -> maps(t.get("parameters")).stream())
            .map(parameter -> text(parameter, "name"))
            .toList();
  }

  /** A text of a route with what the parameters of its template stand for. */
  static String filled(RouteDefinition route, String text) {
    String filled = text;
    if (route.getTemplateParameters() != null && text != null) {
      for (Map.Entry<String, Object> given : route.getTemplateParameters().entrySet()) {
        filled = filled.replace("{{" + given.getKey() + "}}", String.valueOf(given.getValue()));
      }
    }
    return filled;
  }

  private List<Map<?, ?>> parts(String file, String kind) {
    String text = files.text(file);
    if (!text.contains(kind)) {
      return List.of();
    }
    try {
      return maps(new Load(LoadSettings.builder().build()).loadFromString(text)).stream()
          .filter(part -> part.get(kind) instanceof Map)
          .<Map<?, ?>>map(part -> (Map<?, ?>) part.get(kind))
          .toList();
    } catch (YamlEngineException e) {
      return List.of(); // Camel says what is wrong, and where
    }
  }

  private static List<Map<?, ?>> maps(Object list) {
    return list instanceof List<?> items
        ? items.stream().filter(Map.class::isInstance).<Map<?, ?>>map(Map.class::cast).toList()
        : List.of();
  }

  private static String text(Map<?, ?> part, String name) {
    return part.get(name) == null ? "" : part.get(name).toString();
  }

  private void declare(Map<?, ?> template) {
    Map<String, Boolean> parameters = new LinkedHashMap<>();
    for (Map<?, ?> parameter : maps(template.get("parameters"))) {
      boolean optional =
          parameter.containsKey("defaultValue") || text(parameter, "required").equals("false");
      parameters.put(text(parameter, "name"), !optional);
    }
    templates.put(text(template, "id"), parameters);
  }

  private void check(String file, Map<?, ?> route) {
    String id = file.replaceFirst("\\.camel\\.yaml$", "");
    if (!id.equals(text(route, "routeId"))) {
      refuse(file, "templatedRoute", "write 'routeId: " + id + "', the name of the file");
    }
    String template = text(route, "routeTemplateRef");
    Map<String, Boolean> parameters = templates.get(template);
    if (parameters == null) {
      refuse(
          file,
          "routeTemplateRef",
          "there is no route template '" + template + "': write one of " + names(templates));
      return;
    }
    Map<String, String> given = new LinkedHashMap<>();
    for (Map<?, ?> parameter : maps(route.get("parameters"))) {
      given.put(text(parameter, "name"), text(parameter, "value"));
    }
    given.forEach((name, value) -> check(file, template, name, value));
    if (!parameters.keySet().containsAll(given.keySet())) {
      return; // the one that seems to be missing may be the one that is mistyped
    }
    parameters.forEach(
        (name, required) -> {
          if (required && given.getOrDefault(name, "").isBlank()) {
            refuse(
                file,
                "parameters",
                "the template " + template + " needs a value for its parameter '" + name + "'");
          }
        });
  }

  private void check(String file, String template, String name, String value) {
    Map<String, Boolean> parameters = templates.get(template);
    if (!parameters.containsKey(name)) {
      refuse(
          file,
          name,
          "the template "
              + template
              + " has no parameter '"
              + name
              + "': write "
              + Nearest.to(name, parameters.keySet()).orElse("one of " + names(parameters)));
    } else if (value.replaceAll("\\{\\{[\\w.?-]+}}", "").contains("}}")) {
      refuse(
          file,
          name,
          "in '"
              + name
              + "' two braces close in a row, which would be the end of a {{key}}: write"
              + " a space between them");
    }
  }

  private static String names(Map<String, ?> named) {
    return named.keySet().stream().collect(Collectors.joining(", "));
  }

  /** With the first line that has the word. */
  private void refuse(String file, String word, String what) {
    Pattern there = Pattern.compile("(?<![\\w.-])" + Pattern.quote(word) + "(?![\\w-])");
    List<String> lines = files.text(file).lines().toList();
    int line = 0;
    while (line < lines.size() && !there.matcher(lines.get(line)).find()) {
      line++;
    }
    mistakes.add(files.place(file, line < lines.size() ? line + 1 : 0) + ": " + what + ".");
  }
}
