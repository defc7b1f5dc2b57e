package io.leadroutes.settings;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Rights of what holds people's data: its owner's alone, where the system has such rights. */
public final class OwnerOnly {

  private OwnerOnly() {}

  /** For a file that is made: {@code rw-------}. */
  public static FileAttribute<?>[] file() {
    return rights("rw-------");
  }

  /** For a folder that is made: {@code rwx------}. */
  public static FileAttribute<?>[] folder() {
    return rights("rwx------");
  }

  /** Makes an empty file, unless there is one. */
  public static void create(Path file) throws IOException {
    try {
      Files.createFile(file, file());
    } catch (FileAlreadyExistsException e) {
      return; // somebody else made it, with the rights it is to have
    }
  }

  private static FileAttribute<?>[] rights(String rights) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
        }
        : new FileAttribute<?>[0];
  }
}
