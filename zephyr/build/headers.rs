//! C headers of this module in Rust, so that what both languages use has one definition. Knows as much
//! of C as these headers use; the rest is an error.

use std::fmt::Write;
use std::fs;

/// Numbers, structures, unions and function types of headers as items of Rust, by their names in C.
pub fn types(headers: &[&str]) -> Result<String, String> {
    let mut parser = Parser::default();
    for header in headers {
        parser.read(header)?;
    }
    Ok(parser.types)
}

/// The functions of a header.
pub fn functions(header: &str) -> Result<String, String> {
    let mut parser = Parser::default();
    parser.read(header)?;
    Ok(format!("unsafe extern \"C\" {{\n{}}}\n", parser.functions))
}

#[derive(Default)]
struct Parser {
    tokens: Vec<String>,
    position: usize,
    /// Those that were seen, by all of their names.
    enumerations: Vec<String>,
    /// Types of pointers to functions, which C may have as NULL.
    pointers: Vec<String>,
    types: String,
    functions: String,
}

impl Parser {
    fn read(&mut self, header: &str) -> Result<(), String> {
        println!("cargo::rerun-if-changed={header}");
        let text = fs::read_to_string(header).map_err(|error| format!("{header}: {error}"))?;
        let code = preprocess(&without_comments(&text), &mut self.types);
        self.tokens = tokens(&code);
        self.position = 0;
        let result = self.declarations();
        result.map_err(|error| format!("{header}: {error}"))
    }

    fn declarations(&mut self) -> Result<(), String> {
        while self.position < self.tokens.len() {
            match self.peek(0) {
                "static" => self.skip_body()?,
                "typedef" => self.definition(true)?,
                "enum" | "struct" | "union" if self.peek(2) == ";" => self.position += 3,
                "enum" | "struct" | "union" if self.peek(2) == "{" => self.definition(false)?,
                _ => self.function()?,
            }
        }
        Ok(())
    }

    /// An enum, struct or union, or a typedef of one, of a struct without a body, or of a pointer to a
    /// function.
    fn definition(&mut self, is_typedef: bool) -> Result<(), String> {
        self.position += usize::from(is_typedef);
        let kind = self.peek(0).to_owned();
        if !["enum", "struct", "union"].contains(&kind.as_str()) {
            let result = self.kind()?;
            let (name, pointer) = self.pointer(&result)?;
            writeln!(self.types, "pub type {name} = {pointer};").unwrap();
            self.pointers.push(name);
            return self.expect(";");
        }
        self.position += 1;
        let tag = if self.peek(0) == "{" {
            None
        } else {
            Some(self.name()?)
        };
        let body = if self.peek(0) != "{" {
            "pub struct {}\n    _unknown: [u8; 0],\n}\n".into()
        } else if kind == "enum" {
            self.enumerators()?;
            String::new()
        } else {
            self.fields(&kind)?
        };
        let name = if is_typedef { Some(self.name()?) } else { None };
        let (name, alias) = match (name, tag) {
            (Some(name), tag) => (name, tag),
            (None, Some(tag)) => (tag, None),
            (None, None) => return Err("an enum, struct or union without a name".into()),
        };
        if kind == "enum" {
            // As arguments and results narrower ones are extended by the calling conventions of Arm,
            // RISC-V and x86-64.
            writeln!(self.types, "pub type {name} = c_int;").unwrap();
            self.enumerations.push(name.clone());
            self.enumerations.extend(alias.clone());
        } else {
            let body = body.replacen("{}", &format!("{name} {{"), 1);
            writeln!(self.types, "#[repr(C)]\n{body}").unwrap();
        }
        if let Some(alias) = alias {
            writeln!(self.types, "pub type {alias} = {name};").unwrap();
        }
        self.expect(";")
    }

    fn enumerators(&mut self) -> Result<(), String> {
        self.expect("{")?;
        let mut next = "0".to_owned();
        while self.peek(0) != "}" {
            let name = self.name()?;
            if self.peek(0) == "=" {
                self.position += 1;
                next.clear();
                while ![",", "}"].contains(&self.peek(0)) {
                    next.push_str(self.next()?);
                }
            }
            writeln!(self.types, "pub const {name}: c_int = {next};").unwrap();
            next = format!("{name} + 1");
            if self.peek(0) == "," {
                self.position += 1;
            }
        }
        self.expect("}")
    }

    /// The body of a struct or union, with {} for its name.
    fn fields(&mut self, kind: &str) -> Result<String, String> {
        self.expect("{")?;
        let mut fields = String::new();
        let mut is_plain = kind == "struct";
        while self.peek(0) != "}" {
            let kind = self.kind()?;
            let (name, kind) = self.declarator(&kind)?;
            if self.enumerations.contains(&kind) {
                return Err(format!(
                    "{name}: how wide an enumeration is, compilers choose"
                ));
            }
            is_plain &= PLAIN.iter().any(|(_, plain)| *plain == kind);
            writeln!(fields, "    pub {name}: {kind},").unwrap();
            self.expect(";")?;
        }
        self.expect("}")?;
        let derived = if is_plain {
            "Clone, Copy, Debug, Default, Eq, PartialEq"
        } else {
            "Clone, Copy"
        };
        Ok(format!(
            "#[derive({derived})]\npub {kind} {{}}\n{fields}}}\n"
        ))
    }

    fn function(&mut self) -> Result<(), String> {
        let result = self.kind()?;
        let name = self.name()?;
        let parameters = self.parameters()?;
        let mut result = returned(&result);
        while self.peek(0) != ";" {
            if self.next()? == "noreturn" {
                result = " -> !".into();
            }
        }
        writeln!(self.functions, "    pub fn {name}({parameters}){result};").unwrap();
        self.expect(";")
    }

    /// What stands behind a type: a name, with brackets where it is an array, or the name and the
    /// parameters of a pointer to a function that returns the type.
    fn declarator(&mut self, kind: &str) -> Result<(String, String), String> {
        if self.peek(0) == "(" {
            let (name, pointer) = self.pointer(kind)?;
            return Ok((name, format!("Option<{pointer}>")));
        }
        let name = self.name()?;
        if self.peek(0) != "[" {
            return Ok((name, kind.into()));
        }
        // A flexible array, or one of a size in digits: Kconfig's, C and Rust would both work out.
        self.expect("[")?;
        let size: usize = match self.peek(0) {
            "]" => 0,
            _ => {
                let position = self.position;
                let digits = self.next()?.parse();
                digits.map_err(|_| self.complaint(position, "a number"))?
            }
        };
        self.expect("]")?;
        Ok((name, format!("[{kind}; {size}]")))
    }

    fn pointer(&mut self, result: &str) -> Result<(String, String), String> {
        self.expect("(")?;
        self.expect("*")?;
        let name = self.name()?;
        self.expect(")")?;
        let parameters = self.parameters()?;
        let result = returned(result);
        Ok((
            name,
            format!("unsafe extern \"C\" fn({parameters}){result}"),
        ))
    }

    fn parameters(&mut self) -> Result<String, String> {
        self.expect("(")?;
        if self.peek(0) == "void" && self.peek(1) == ")" {
            self.position += 1;
        }
        let mut parameters = Vec::new();
        while self.peek(0) != ")" {
            let kind = self.kind()?;
            let name = self.name()?;
            parameters.push(format!("{name}: {kind}"));
            if self.peek(0) == "," {
                self.position += 1;
            }
        }
        self.expect(")")?;
        Ok(parameters.join(", "))
    }

    /// A type up to its name; "void" stays as it is.
    fn kind(&mut self) -> Result<String, String> {
        let is_const = self.skip("const");
        let _ = ["enum", "struct", "union"].map(|keyword| self.skip(keyword));
        let name = self.name()?;
        let known = PLAIN.iter().find(|(c, _)| *c == name);
        let mut kind = match known {
            Some((_, rust)) => (*rust).into(),
            None if self.pointers.contains(&name) => format!("Option<{name}>"),
            None => name,
        };
        let mut is_const = self.skip("const") || is_const;
        while self.skip("*") {
            let target = if kind == "void" { "c_void" } else { &kind };
            kind = format!("*{} {target}", if is_const { "const" } else { "mut" });
            is_const = self.skip("const");
        }
        Ok(kind)
    }

    fn skip_body(&mut self) -> Result<(), String> {
        while self.next()? != "{" {}
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    fn name(&mut self) -> Result<String, String> {
        let position = self.position;
        let name = self.next()?;
        if !name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
            return Err(self.complaint(position, "a name"));
        }
        Ok(if name == "type" {
            "r#type".into()
        } else {
            name.into()
        })
    }

    fn expect(&mut self, expected: &str) -> Result<(), String> {
        let position = self.position;
        if self.next()? == expected {
            Ok(())
        } else {
            Err(self.complaint(position, expected))
        }
    }

    fn skip(&mut self, token: &str) -> bool {
        let found = self.peek(0) == token;
        self.position += usize::from(found);
        found
    }

    fn peek(&self, ahead: usize) -> &str {
        self.tokens.get(self.position + ahead).map_or("", |it| it)
    }

    fn next(&mut self) -> Result<&str, String> {
        let token = self.tokens.get(self.position);
        self.position += 1;
        token.map(String::as_str).ok_or("it ends too early".into())
    }

    fn complaint(&self, position: usize, expected: &str) -> String {
        let before = self.tokens.get(position.saturating_sub(8)..=position);
        let before = before.unwrap_or_default().join(" ");
        format!("expected {expected} in place of the last word of \"{before}\"")
    }
}

fn returned(kind: &str) -> String {
    if kind == "void" {
        String::new()
    } else {
        format!(" -> {kind}")
    }
}

fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut code = String::new();
    while let Some((before, comment)) = rest.split_once("/*") {
        code += before;
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    code + rest
}

/// Leaves out what is for the preprocessor, and what is for C++; makes constants of the macros that
/// are numbers.
fn preprocess(text: &str, constants: &mut String) -> String {
    let mut code = String::new();
    let mut is_cplusplus = false;
    for line in text.replace("\\\n", " ").lines() {
        let line = line.trim();
        if line == "#ifdef __cplusplus" {
            is_cplusplus = true;
        } else if line.starts_with("#endif") {
            is_cplusplus = false;
        } else if let Some(definition) = line.strip_prefix("#define ") {
            let (name, value) = definition.split_once(' ').unwrap_or_default();
            let value = value.trim().trim_matches(['(', ')']);
            if value.parse::<i64>().is_ok() {
                writeln!(constants, "pub const {name}: c_int = {value};").unwrap();
            }
        } else if !line.starts_with('#') && !is_cplusplus {
            code += line;
            code.push('\n');
        }
    }
    code
}

fn tokens(code: &str) -> Vec<String> {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let mut tokens: Vec<String> = Vec::new();
    let mut goes_on = false;
    for character in code.chars() {
        match tokens.last_mut() {
            Some(word) if goes_on && is_word(character) => word.push(character),
            _ if character.is_whitespace() => {}
            _ => tokens.push(character.into()),
        }
        goes_on = is_word(character);
    }
    tokens
}

/// Types that have names of their own in Rust.
const PLAIN: &[(&str, &str)] = &[
    ("bool", "bool"),
    ("char", "c_char"),
    ("int", "c_int"),
    ("double", "f64"),
    ("size_t", "usize"),
    ("int32_t", "i32"),
    ("int64_t", "i64"),
    ("uint8_t", "u8"),
    ("uint16_t", "u16"),
    ("uint32_t", "u32"),
    ("uint64_t", "u64"),
];
