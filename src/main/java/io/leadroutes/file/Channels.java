package io.leadroutes.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/** Opens what the file sink reads and writes: {@link FileChannel#open}, unless a test says else. */
@FunctionalInterface
interface Channels {

  FileChannel open(Path path, OpenOption... options) throws IOException;
}
