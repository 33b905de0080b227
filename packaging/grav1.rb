# Homebrew. @VERSION@ and @SHA256@ are filled in by "node scripts/package/recipes.ts <tarball> <folder>".
class Grav1 < Formula
  desc "Peer-to-peer AV1 and VP9 video encoding with no central server"
  homepage "https://www.npmjs.com/package/grav1"
  url "https://registry.npmjs.org/grav1/-/grav1-@VERSION@.tgz"
  sha256 "@SHA256@"
  license "MIT"

  depends_on "aom"
  depends_on "ffmpeg"
  depends_on "libvpx"
  depends_on "mkvtoolnix"
  depends_on "node"
  depends_on "svt-av1"

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink libexec.glob("bin/*")
    generate_completions_from_executable(bin/"grav1", "completion")
  end

  service do
    run [opt_bin/"grav1", "node", "--plain"]
    keep_alive successful_exit: false
    log_path var/"log/grav1.log"
    error_log_path var/"log/grav1.log"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/grav1 --version")
  end
end
