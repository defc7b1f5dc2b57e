package io.leadroutes.ledger;

import io.leadroutes.settings.SettingsException;
import java.util.Arrays;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;

/** The tables of the ledger, in the version that this program knows. */
final class LedgerSchema {

  private final Flyway flyway;

  LedgerSchema(DataSource source, Dialect dialect) {
    flyway =
        Flyway.configure(Ledger.class.getClassLoader())
            .dataSource(source)
            .placeholders(Map.of("serial", dialect.serial))
            // One transaction, so that no command beside a start meets a ledger half-way.
            .group(true)
            .load();
  }

  /**
   * Brings the tables up to date.
   *
   * @throws SettingsException when a newer program was here, or when an earlier one failed half-way
   */
  void migrate() {
    refuseNewer(flyway.info());
    flyway.migrate();
  }

  /**
   * For a command, which leaves the tables as they are.
   *
   * @throws SettingsException when they are not those of this program
   */
  void refuseOther() {
    MigrationInfoService info = flyway.info();
    refuseNewer(info);
    if (info.current() == null) {
      throw new MissingLedgerException(
          "ledger.url: the database holds no ledger: correct ledger.url, or start the service once,"
              + " which creates it.");
    }
    if (info.pending().length > 0) {
      throw new SettingsException(
          "The ledger is of version "
              + info.current().getVersion()
              + " and this program needs "
              + newest(info, MigrationState.PENDING)
              + ": stop the service that runs on it and start this program's, which brings it up to"
              + " date.");
    }
  }

  private static void refuseNewer(MigrationInfoService info) {
    for (MigrationInfo each : info.all()) {
      if (each.getState().isFailed()) {
        throw new SettingsException(
            "The ledger could not be brought to version "
                + each.getVersion()
                + " by an earlier start: restore a backup, or ask for help with the table"
                + " flyway_schema_history.");
      }
    }
    for (MigrationInfo each : info.all()) {
      if (each.getState() == MigrationState.FUTURE_SUCCESS) {
        throw new SettingsException(
            "The ledger is of version "
                + newest(info, MigrationState.FUTURE_SUCCESS)
                + ", made by a newer program: start that one, or restore a backup"
                + " that was made before it.");
      }
    }
  }

  private static String newest(MigrationInfoService info, MigrationState state) {
    return Arrays.stream(info.all())
        .filter(each -> each.getState() == state)
        .map(each -> each.getVersion().toString())
        .reduce("", (earlier, later) -> later);
  }
}
