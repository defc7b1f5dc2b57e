package io.leadroutes.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.generic.GenericType;
import org.jdbi.v3.core.mapper.RowMapperFactory;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/**
 * How rows become records: each component is the column of its name, {@code startAt} being {@code
 * start_at}. Times and durations are milliseconds, days are text as 2026-01-31, and a list is text
 * with commas.
 */
final class Mapping {

  private static final RowMapperFactory RECORDS =
      (type, config) ->
          type instanceof Class<?> record && record.isRecord()
              ? Optional.of(ConstructorMapper.of(record))
              : Optional.empty();

  private Mapping() {}

  static void define(Jdbi jdbi) {
    jdbi.registerRowMapper(RECORDS)
        .registerColumnMapper(
            Instant.class, (row, column, context) -> map(row, column, Instant::ofEpochMilli))
        .registerColumnMapper(
            Duration.class, (row, column, context) -> map(row, column, Duration::ofMillis))
        .registerColumnMapper(
            LocalDate.class, (row, column, context) -> LocalDate.parse(row.getString(column)))
        .registerColumnMapper(
            new GenericType<List<String>>() {},
            (row, column, context) -> {
              String list = row.getString(column);
              return list == null ? List.of() : List.of(list.split(","));
            });
  }

  private static <T> T map(ResultSet row, int column, LongFunction<T> map) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : map.apply(millis);
  }
}
