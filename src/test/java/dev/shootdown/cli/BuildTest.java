package dev.shootdown.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTest {
  private static final String ID = "0123456789abcdef0123456789abcdef01234567";

  @TempDir private Path home;

  private Path git(String head) throws IOException {
    Path git = Files.createDirectory(home.resolve(".git"));
    Files.writeString(git.resolve("HEAD"), head + "\n");
    return git;
  }

  @Test
  void shouldReadTheCommitWhenTheBranchHasItsFile() throws IOException {
    Path heads = Files.createDirectories(git("ref: refs/heads/main").resolve("refs/heads"));
    Files.writeString(heads.resolve("main"), ID + "\n");

    assertThat(Build.commit(home)).contains(ID);
  }

  @Test
  void shouldReadTheCommitWhenTheBranchIsPacked() throws IOException {
    Path git = git("ref: refs/heads/main");
    Files.writeString(
        git.resolve("packed-refs"),
        "# pack-refs with: peeled\n" + ID.replace('0', '9') + " refs/heads/x/main2\n" + ID
            + " refs/heads/main\n");

    assertThat(Build.commit(home)).contains(ID);
  }

  @Test
  void shouldReadTheCommitWhenNoBranchIsCheckedOut() throws IOException {
    git(ID);

    assertThat(Build.commit(home)).contains(ID);
  }

  @Test
  void shouldFindNoneWhenThereIsNoRepository() {
    assertThat(Build.commit(home)).isEmpty();
  }
}
