/// The door to everything Custos does from a shell.
@main
struct Main {
    static func main() {}
}
